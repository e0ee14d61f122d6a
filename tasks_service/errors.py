"""Every way the tasks service says no, beside those of `shared.errors`.

NotFound
├── TaskNotFound            404  it does not exist, is in the trash, or is not yours to see
├── ProjectNotFound         404  the same of a project
├── MemberNotFound          404  that user is not in the project
├── StatusNotFound          404  the project has no such status
├── FieldNotFound           404  the project has no such field
├── CommentNotFound         404  it does not exist, or its task is not yours to see
├── AttachmentNotFound      404  the same of a file
├── ReminderNotFound        404  it does not exist, or is not yours
├── ActivityNotFound        404  the task has no such entry
├── WatcherNotFound         404  that user does not watch the task
├── TimeEntryNotFound       404  it does not exist, or is not yours to see
├── LabelNotFound           404  the same of a label
├── PreviewNotAvailable     404  the file is no image that is safe to show
├── ReportScheduleNotFound  404  the same of a schedule of reports
├── ReportNotFound          404  it does not exist, or is not yours
├── ViewNotFound            404  the same of a saved view
└── CalendarNotFound        404  no feed is at this address, or it is not yours
Forbidden
├── ViewChangeRefused       403  a view that is not yours, in a project that you do not maintain
├── TaskCreationRestricted  403  TASK_CREATION=admins and you are not one
├── TaskChangeRefused       403  you may only read this task
├── TaskDeletionRefused     403  you may edit this task and not delete it
├── TaskMoveRefused         403  you may edit this task and not take it out of its project
├── ProjectPlaceRefused     403  you may only read this project, and put no tasks into it
├── ProjectChangeRefused    403  your role in the project does not allow that
├── CommentingRefused       403  you may read this task and not write on it
├── CommentChangeRefused    403  it is not yours
├── TimeEntryRefused        403  you may read this task and enter no time on it
├── TimeEntryChangeRefused  403  it is not yours
├── LabelChangeRefused      403  you may read the project and not change its labels
├── ReminderRefused         403  you have no part in this task
├── AttachmentRefused       403  you may read this task and not add files to it
└── AttachmentDeletionRefused 403  it is not yours
UploadCut                   408  the file did not arrive in time, or not wholly
AttachmentTooLarge          413  more than MAX_ATTACHMENT_MB
AttachmentQuotaExceeded     413  no room left for this person or project
Conflict
├── NothingToRevert         409  the entry changed no field that can be given its former value
├── ChangeOvertaken         409  a field was changed again since
├── TooManyWatchers         409  a task has room for so many
├── TimeEntryNotRunning     409  only what is running can be stopped
├── LabelTaken              409  there is one of that name in the same place
├── LabelTooCommon          409  more tasks have it than are changed at once
├── TooManyReactions        409  a comment has room for so many
├── TooManyReminders        409  one has room for so many on a task
├── TaskNotTrashed          409  only what is in the trash can be restored
├── ProjectNotTrashed       409  the same of a project
├── ProjectMoving           409  its tasks are still on their way to the trash or back
├── ProjectTrashed          409  the task's project is in the trash: restore that
├── ProjectArchived         409  tasks of an archived project do not change
├── ProjectKeyTaken         409  another project has that key
├── ProjectKeyInUse         409  keys of tasks begin with it
├── TransitionNotAllowed    409  the project's workflow has no way from one status to the other
├── StatusInUse             409  tasks have this status
├── NameTaken               409  the project has a status or a field of that name
├── TooManyTasks            409  the project is too big to be copied with its tasks
├── TooManyDefinitions      409  a project has room for so many statuses or fields
├── AlreadyMember           409  that user is in the project already
├── LastOwner               409  a project keeps one owner
├── ReportNotReady          409  its file is not made (yet)
├── ReportEnded             409  it has ended: there is nothing to stop
├── TooManyReportSchedules  409  you have as many schedules as one may
├── TooManyReports          409  as many are being made for you as may be at once
├── TooManyViews            409  you saved as many as one may
└── ClientIdInTrash         409  the task that was made with this client_id is in the trash
Unprocessable
└── BulkRefused             422  one of many could not be done, so none was
Problem
└── SyncTokenExpired        410  what changed since then is not known any more
"""

from shared.errors import Conflict, Forbidden, NotFound, Problem, Unprocessable


class TaskNotFound(NotFound):
    code = "task_not_found"
    detail = "There is no such task, or you may not see it."


class CalendarNotFound(NotFound):
    code = "calendar_not_found"
    detail = "There is no such calendar, or not any more."


class ProjectNotFound(NotFound):
    code = "project_not_found"
    detail = "There is no such project, or you may not see it."


class MemberNotFound(NotFound):
    code = "member_not_found"
    detail = "This user is not a member of the project."


class ReminderNotFound(NotFound):
    code = "reminder_not_found"
    detail = "There is no such reminder, or it is not yours."


class ReminderRefused(Forbidden):
    code = "reminder_refused"
    detail = "Only those who have a part in a task are reminded of it."


class TooManyReminders(Conflict):
    code = "too_many_reminders"
    detail = "You have as many reminders of this task as one may."


class StatusNotFound(NotFound):
    code = "status_not_found"
    detail = "The project has no such status."


class FieldNotFound(NotFound):
    code = "field_not_found"
    detail = "The project has no such field."


class TaskCreationRestricted(Forbidden):
    code = "task_creation_restricted"
    detail = "On this system only administrators create tasks."


class TaskChangeRefused(Forbidden):
    code = "task_change_refused"
    detail = "You may read this task and not change it."


class TaskDeletionRefused(Forbidden):
    code = "task_deletion_refused"
    detail = "Only the task's creator, the owners and maintainers of its project and administrators may delete it."


class TaskMoveRefused(Forbidden):
    code = "task_move_refused"
    detail = "Only the task's creator, the members of its project and administrators may take it out of the project."


class ProjectPlaceRefused(Forbidden):
    code = "project_place_refused"
    detail = "You may read this project and put no tasks into it."


class ProjectChangeRefused(Forbidden):
    code = "project_change_refused"
    detail = "Only the project's owners and maintainers and administrators may do this."


class TaskNotTrashed(Conflict):
    code = "task_not_trashed"
    detail = "This task is not in the trash."


class CommentNotFound(NotFound):
    code = "comment_not_found"
    detail = "There is no such comment, or you may not see it."


class CommentingRefused(Forbidden):
    code = "commenting_refused"
    detail = "You may read this task and not write on it."


class CommentChangeRefused(Forbidden):
    code = "comment_change_refused"
    detail = "Only its author changes a comment; those who may delete the task may delete it as well."


class TooManyReactions(Conflict):
    code = "too_many_reactions"
    detail = "This comment has as many reactions as it can keep."


class ProjectNotTrashed(Conflict):
    code = "project_not_trashed"
    detail = "This project is not in the trash."


class ProjectMoving(Conflict):
    code = "project_moving"
    detail = "Tasks of this project are still on their way to the trash or back. Try again in a moment."


class ProjectTrashed(Conflict):
    code = "project_trashed"
    detail = "The project of this task is in the trash: restore the project."


class ProjectArchived(Conflict):
    code = "project_archived"
    detail = "The project is archived, so its tasks cannot be changed: first set `archived` to false."


class ProjectKeyTaken(Conflict):
    code = "project_key_taken"
    detail = "Another project has this key, perhaps one in the trash. Choose another one."


class ProjectKeyInUse(Conflict):
    code = "project_key_in_use"
    detail = "The keys of tasks begin with the project's key, so it stays once there was a task."


class TransitionNotAllowed(Conflict):
    code = "transition_not_allowed"
    detail = "The project's workflow does not let you move a task from its status to that one."


class StatusInUse(Conflict):
    code = "status_in_use"
    detail = "Tasks have this status. Deleting it takes `?replace_with=<another status of the project>`."


class NameTaken(Conflict):
    code = "name_taken"
    detail = "The project has another one of this name."


class TooManyTasks(Conflict):
    code = "too_many_tasks"
    detail = "The project has too many tasks for that."


class TooManyDefinitions(Conflict):
    code = "too_many_definitions"
    detail = "The project has as many of these as it can keep."


class AlreadyMember(Conflict):
    code = "already_member"
    detail = "This user is a member already. PUT changes the role."


class LastOwner(Conflict):
    code = "last_owner"
    detail = "A project keeps at least one owner: make somebody else an owner first."


class ClientIdInTrash(Conflict):
    code = "client_id_in_trash"
    detail = "The task that you made with this client_id is in the trash: restore it, or take another client_id."


class BulkRefused(Unprocessable):
    code = "bulk_refused"
    detail = "Not all of it can be done, so none of it was: `results` says what and why."


class SyncTokenExpired(Problem):
    status = 410
    code = "sync_token_expired"
    detail = "What changed since this token is not known any more. Begin again without a token."


class AttachmentNotFound(NotFound):
    code = "attachment_not_found"
    detail = "There is no such file, or you may not see it."


class PreviewNotAvailable(NotFound):
    code = "preview_not_available"
    detail = "This file is not an image that can be shown: download it."


class AttachmentRefused(Forbidden):
    code = "attachment_refused"
    detail = "You may read this task and not add files to it."


class AttachmentDeletionRefused(Forbidden):
    code = "attachment_deletion_refused"
    detail = "Only who added the file, and those who may delete the task, delete it."


class UploadCut(Problem):
    status = 408
    code = "upload_cut"
    detail = "The file did not arrive wholly, or not in time. Nothing of it was kept."


class AttachmentTooLarge(Problem):
    status = 413
    code = "payload_too_large"
    detail = "The file is larger than this system takes (MAX_ATTACHMENT_MB)."


class ImportTooLarge(Problem):
    status = 413
    code = "payload_too_large"
    detail = "The file is larger than this system takes (MAX_IMPORT_MB)."


class TooManyExports(Problem):
    status = 429
    code = "too_many_exports"
    detail = "Others are exporting. Please try again in a moment."

    def __init__(self) -> None:
        super().__init__(headers={"Retry-After": "5"})


class ImportNotFound(NotFound):
    code = "import_not_found"
    detail = "There is no such import, or it is not yours."


class ImportEnded(Conflict):
    code = "import_ended"
    detail = "The import has ended: there is nothing to stop."


class AttachmentQuotaExceeded(Problem):
    status = 413
    code = "attachment_quota_exceeded"
    detail = "There is no room left for this file: delete others first."


class ViewNotFound(NotFound):
    code = "view_not_found"
    detail = "There is no such view, or it is not shared with you."


class ViewChangeRefused(Forbidden):
    code = "view_change_refused"
    detail = "Only whoever made a view changes it; when it is shared, those who maintain its project may as well."


class ReportNotFound(NotFound):
    code = "report_not_found"
    detail = "There is no such report, or it is not yours."


class ReportScheduleNotFound(NotFound):
    code = "report_schedule_not_found"
    detail = "There is no such schedule of reports, or it is not yours."


class TooManyReportSchedules(Conflict):
    code = "too_many_report_schedules"
    detail = "You have as many schedules of reports as one may. Delete some first."


class ReportNotReady(Conflict):
    code = "report_not_ready"
    detail = "There is no file: the report is not done."


class ReportEnded(Conflict):
    code = "report_ended"
    detail = "The report has ended: there is nothing to stop."


class TooManyReports(Conflict):
    code = "too_many_reports"
    detail = "As many reports are being made for you as may be at once. Wait for one of them, or cancel it."


class TooManyViews(Conflict):
    code = "too_many_views"
    detail = "You saved as many views as one may. Delete some first."


class WatcherNotFound(NotFound):
    code = "watcher_not_found"
    detail = "This user does not watch the task."


class TooManyWatchers(Conflict):
    code = "too_many_watchers"
    detail = "This task has as many watchers as it can keep."


class TimeEntryNotFound(NotFound):
    code = "time_entry_not_found"
    detail = "There is no such time entry, or you may not see it."


class TimeEntryRefused(Forbidden):
    code = "time_entry_refused"
    detail = "You may read this task and enter no time on it."


class TimeEntryChangeRefused(Forbidden):
    code = "time_entry_change_refused"
    detail = "Only whoever made a time entry, and administrators, change it."


class TimeEntryNotRunning(Conflict):
    code = "time_entry_not_running"
    detail = "This time entry has ended already."


class LabelNotFound(NotFound):
    code = "label_not_found"
    detail = "There is no such label, or you may not see it."


class LabelChangeRefused(Forbidden):
    code = "label_change_refused"
    detail = "You may read this project and not change its labels."


class LabelTaken(Conflict):
    code = "label_taken"
    detail = "There is a label of this name in the same place. Merging makes one of two."


class LabelTooCommon(Conflict):
    code = "label_too_common"
    detail = "More tasks have this label than can be changed at once."


class ActivityNotFound(NotFound):
    code = "activity_not_found"
    detail = "This task has no such entry in its activity."


class NothingToRevert(Conflict):
    code = "nothing_to_revert"
    detail = "This entry changed no field that could be given its former value."


class ChangeOvertaken(Conflict):
    code = "change_overtaken"
    detail = "What this entry changed was changed again since: `fields` says which."
