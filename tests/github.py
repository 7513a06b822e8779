"""Webhook payloads with all the fields that GitHub's documentation lists, about a repository of ours.

https://docs.github.com/en/webhooks/webhook-events-and-payloads, compared with the examples that octokit/webhooks keeps
under `payload-examples/api.github.com`.
"""

from typing import Any

API, WEB = "https://api.github.com", "https://github.com"
_OF_USER = (
    "followers following{/other_user} gists{/gist_id} starred{/owner}{/repo} subscriptions repos events{/privacy} "
    "received_events"
)
_OF_REPOSITORY = (
    "forks keys{/key_id} collaborators{/collaborator} teams hooks issue_events{/number} events assignees{/user} "
    "branches{/branch} tags blobs{/sha} git_tags{/sha} git_refs{/sha} trees{/sha} statuses{/sha} languages stargazers "
    "contributors subscribers subscription commits{/sha} git_commits{/sha} comments{/number} issue_comment{/number} "
    "contents{/+path} compare{/base}...{head} merges archive{/ref} downloads issues{/number} pulls{/number} "
    "milestones{/number} notifications{?since,all,participating} labels{/name} releases{/id} deployments"
)
REACTIONS = ("+1", "-1", "laugh", "hooray", "confused", "heart", "rocket", "eyes")
AT = "2026-11-15T15:20:53Z"


def addresses(base: str, paths: str) -> dict[str, str]:
    return {f"{path.partition('{')[0]}_url": f"{base}/{path}" for path in paths.split()}


def user(login: str = "yutong-dev") -> dict[str, Any]:
    about = {"login": login, "id": 21031067, "node_id": "MDQ6VXNlcjIx", "avatar_url": f"{WEB}/{login}.png"}
    more = {"gravatar_id": "", "url": f"{API}/users/{login}", "html_url": f"{WEB}/{login}"}
    more["organizations_url"] = f"{API}/users/{login}/orgs"
    kind = {"type": "User", "user_view_type": "public", "site_admin": False}
    return {**about, **more, **addresses(f"{API}/users/{login}", _OF_USER), **kind}


def repository(name: str = "Grain/OS") -> dict[str, Any]:
    flags = ("has_issues", "has_projects", "has_downloads", "has_wiki", "has_pages", "has_discussions")
    counts = ("size", "stargazers_count", "watchers_count", "forks_count", "open_issues_count", "forks", "open_issues")
    return {
        "id": 186853002,
        "node_id": "MDEwOlJl",
        "name": name.partition("/")[2],
        "full_name": name,
        "private": False,
        "owner": user(name.partition("/")[0]),
        "html_url": f"{WEB}/{name}",
        "description": None,
        "fork": False,
        "url": f"{API}/repos/{name}",
        **addresses(f"{API}/repos/{name}", _OF_REPOSITORY),
        "created_at": AT,
        "updated_at": AT,
        "pushed_at": AT,
        "git_url": f"git://github.com/{name}.git",
        "ssh_url": f"git@github.com:{name}.git",
        "clone_url": f"{WEB}/{name}.git",
        "svn_url": f"{WEB}/{name}",
        "homepage": None,
        "language": "Python",
        "mirror_url": None,
        "archived": False,
        "disabled": False,
        "license": None,
        "allow_forking": True,
        "is_template": False,
        "web_commit_signoff_required": False,
        "custom_properties": {"S-3": "S-3"},
        "topics": [],
        "visibility": "public",
        "default_branch": "main",
        **dict.fromkeys(flags, True),
        **dict.fromkeys(counts, 0),
        "watchers": 0,
    }


def about(action: str, **more: Any) -> dict[str, Any]:
    around = {"organization": {"login": "Grain", "id": 38302899, "description": "S-3"}, "installation": {"id": 375706}}
    return {"action": action, **more, "repository": repository(), **around, "sender": user()}


def release(action: str, number: int = 1, **fields: Any) -> dict[str, Any]:
    """The `release` event: created, published, released, prereleased, edited, unpublished or deleted."""
    base = f"{API}/repos/Grain/OS/releases/{17372790 + number}"
    told = {
        "url": base,
        "assets_url": f"{base}/assets",
        "upload_url": f"{base.replace('api', 'uploads')}/assets{{?name,label}}",
        "html_url": f"{WEB}/Grain/OS/releases/tag/v{number}",
        "id": 17372790 + number,
        "node_id": "RE_kwDOA",
        "tag_name": f"v{number}",
        "target_commitish": "main",
        "name": f"Spring {number}",
        "draft": action == "unpublished",
        "author": user(),
        "immutable": False,
        "prerelease": action == "prereleased",
        "created_at": AT,
        "updated_at": AT,
        "published_at": None if action == "unpublished" else AT,
        "assets": [asset(base)],
        "tarball_url": f"{base}/tarball",
        "zipball_url": f"{base}/zipball",
        "body": "",
        "discussion_url": f"{WEB}/Grain/OS/discussions/{number}",
        "reactions": {"url": f"{base}/reactions", "total_count": 1, **dict.fromkeys(REACTIONS, 0), "+1": 1},
        "mentions_count": 1,
        **fields,
    }
    changes = {"changes": {"body": {"from": "S-3"}, "name": {"from": "S-3"}}} if action == "edited" else {}
    return about(action, release=told, **changes)


def asset(base: str) -> dict[str, Any]:
    return {
        "url": f"{base}/assets/1",
        "browser_download_url": f"{base}/S-3.zip",
        "id": 1,
        "node_id": "RA_1",
        "name": "S-3.zip",
        "label": "S-3",
        "state": "uploaded",
        "content_type": "application/zip",
        "size": 1024,
        "download_count": 0,
        "created_at": AT,
        "updated_at": AT,
        "uploader": user(),
    }


def pull_request(action: str, number: int, title: str, *, merged: bool = False, **fields: Any) -> dict[str, Any]:
    """The `pull_request` event: opened, edited, synchronize, closed, reopened and others."""
    base, page = f"{API}/repos/Grain/OS/pulls/{number}", f"{WEB}/Grain/OS/pull/{number}"
    closed = action == "closed"
    side = {"label": "Grain:main", "ref": "main", "sha": "f95f852bd8fca8fcc58a9a2d6c842781e32a215e"}
    told = {
        "url": base,
        "id": 279147437 + number,
        "node_id": "PR_1",
        "html_url": page,
        "diff_url": f"{page}.diff",
        "patch_url": f"{page}.patch",
        "issue_url": f"{API}/repos/Grain/OS/issues/{number}",
        "number": number,
        "state": "closed" if closed else "open",
        "locked": False,
        "title": title,
        "user": user("ahe"),
        "body": "fixes S-3",
        "created_at": AT,
        "updated_at": AT,
        "closed_at": AT if closed else None,
        "merged_at": AT if merged else None,
        "merge_commit_sha": side["sha"],
        "assignee": None,
        "assignees": [user("ahe")],
        "requested_reviewers": [user("S-3")],
        "requested_teams": [{"id": 1, "name": "S-3", "slug": "s-3"}],
        "labels": [{"id": 1, "node_id": "MDU6", "url": base, "name": "S-3", "default": True, "description": "S-3"}],
        "milestone": {"id": 1, "number": 3, "title": "S-3", "state": "open"},
        **addresses(base, "commits review_comments review_comment{/number} comments statuses"),
        "head": {**side, "user": user(), "repo": repository()},
        "base": {**side, "user": user(), "repo": repository()},
        "_links": {"self": {"href": base}, "html": {"href": page}, "issue": {"href": base}},
        "author_association": "MEMBER",
        "auto_merge": None,
        "draft": False,
        "merged": merged,
        "mergeable": None,
        "rebaseable": None,
        "mergeable_state": "unknown",
        "merged_by": user() if merged else None,
        "comments": 0,
        "review_comments": 0,
        "commits": 1,
        "maintainer_can_modify": False,
        "additions": 1,
        "deletions": 1,
        "changed_files": 1,
        "active_lock_reason": None,
        **fields,
    }
    changes = {"changes": {"title": {"from": "S-3"}}} if action == "edited" else {}
    return about(action, number=number, pull_request=told, **changes)


def ping() -> dict[str, Any]:
    """The `ping` event, which GitHub sends when a webhook is made."""
    config = {"content_type": "json", "insecure_ssl": "0", "secret": "********", "url": "https://millet.example.org"}
    base = f"{API}/repos/Grain/OS/hooks/1"
    hook = {
        "type": "Repository",
        "id": 1,
        "name": "web",
        "active": True,
        "events": ["release", "pull_request"],
        "config": config,
        "updated_at": AT,
        "created_at": AT,
        "url": base,
        "test_url": f"{base}/test",
        "ping_url": f"{base}/pings",
        "deliveries_url": f"{base}/deliveries",
        "last_response": {"code": None, "status": "unused", "message": None},
    }
    return {"zen": "S-3 before S-1.", "hook_id": 1, "hook": hook, "repository": repository(), "sender": user()}
