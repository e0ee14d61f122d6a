from shared.errors import Forbidden, NotFound, Problem


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


class AttachmentTooLarge(Problem):
    status = 413
    code = "payload_too_large"
    detail = "The file is larger than this system takes (MAX_ATTACHMENT_MB)."


class AttachmentQuotaExceeded(Problem):
    status = 413
    code = "attachment_quota_exceeded"
    detail = "There is no room left for this file: delete others first."
