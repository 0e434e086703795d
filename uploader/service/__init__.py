"""The machine-wide uploader: sends what users' sessions left, each spool as its owner.

It is a desk of its own at central, with its secret among the machine's (`machine_secrets`). Users'
state folders are found by `state_dir = ".../{user}"`. What belongs to a user is opened in a child
process that can no longer be anybody but that user (POSIX), or by an account that may do nothing
else (Windows): a link that a user lays leads where he could go himself. A session's uploader gets
its spool on request (`app.handover`).
"""
