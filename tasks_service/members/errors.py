from shared.errors import Conflict, NotFound


class MemberNotFound(NotFound):
    code = "member_not_found"
    detail = "This user is not a member of the project."


class AlreadyMember(Conflict):
    code = "already_member"
    detail = "This user is a member already. PUT changes the role."


class LastOwner(Conflict):
    code = "last_owner"
    detail = "A project keeps at least one owner: make somebody else an owner first."
