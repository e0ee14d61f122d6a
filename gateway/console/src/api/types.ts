import type { components, operations } from "../../generated/api";

type Schemas = components["schemas"];

export type Task = Schemas["TaskRead"];
/** A task of a list; fields that were not asked for are absent. */
export type ListedTask = Schemas["ListedTask"];
export type NewTask = Schemas["TaskCreate"];
export type TaskChanges = Schemas["TaskUpdate"];
export type TaskMove = Schemas["TaskMove"];
/** The filters of a task list as addresses have them, which fit into a saved view as well. */
export type Conditions = Omit<NonNullable<operations["delete_tasks"]["parameters"]["query"]>, "filter" | "confirm">;
export type BulkChange = Pick<Schemas["BulkRequest"], "action" | "set">;
export type User = Schemas["UserRead"];
export type DirectoryEntry = Schemas["DirectoryEntry"];
export type Notification = Schemas["NotificationRead"];
export type Problem = Schemas["Problem"];
export type Activity = Schemas["ActivityRead"];
export type Provider = Schemas["ProviderRead"];
export type ProfileChanges = Schemas["ProfilePatch"];
export type SessionRow = Schemas["SessionRead"];
export type NewToken = Schemas["AccessTokenCreate"];
export type TwoFactorSetup = Schemas["TwoFactorSetup"];
export type Preferences = Schemas["PreferencesRead"];
export type PreferencesChanges = Schemas["PreferencesUpdate"];
export type Webhook = Schemas["WebhookRead"];
export type WebhookEvent = Schemas["WebhookCreate"]["events"][number];
export type UserChanges = Schemas["UserPatch"];
export type Template = Schemas["TemplateRead"];
export type TemplatePreview = Schemas["NotificationPreview"];
export type DeliveryStats = Schemas["DeliveryStats"];
export type Comment = Schemas["CommentRead"];
export type Attachment = Schemas["AttachmentRead"];
export type Project = Schemas["ProjectRead"];
export type Priority = Task["priority"];
export type TimeEntry = Schemas["TimeEntryRead"];
export type Reminder = Schemas["ReminderRead"];
export type ProjectStatus = Schemas["StatusRead"];
export type Way = Schemas["Transition"];
export type CustomField = Schemas["FieldRead"];
export type Feed = Schemas["CalendarRead"];
export type Overview = Schemas["Dashboard"];
export type QuickReport = Schemas["QuickReport"];
export type ProjectReport = Schemas["ProjectSummary"];
export type Label = Schemas["LabelRead"];
export type Imported = Schemas["ImportRead"];
export type Report = Schemas["ReportRead"];
export type ReportRequest = Schemas["ReportCreate"];
export type Schedule = Schemas["ScheduleRead"];
export type View = Schemas["ViewRead"];
export type DeadLetter = Schemas["LetterRead"];
export type Role = NonNullable<Project["role"]>;
export type ProjectPart = NonNullable<Schemas["ProjectDuplicate"]["include"]>[number];
export type ProjectChanges = Schemas["ProjectUpdate"];
export type Status = Task["status"];

export const STATUSES: readonly Status[] = ["todo", "in_progress", "completed", "archived"];
export const ROLES: readonly Role[] = ["owner", "maintainer", "member", "viewer"];
export const PRIORITIES: readonly Priority[] = ["urgent", "high", "medium", "low"];
