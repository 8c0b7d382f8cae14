-- Where the repository in a workspace was cloned from, so that another clone of it is recognised.

ALTER TABLE workspaces ADD COLUMN git_origin TEXT;
CREATE INDEX idx_workspaces_git_origin ON workspaces (git_origin);
