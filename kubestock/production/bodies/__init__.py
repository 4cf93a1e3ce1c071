"""What KubeStock's programs take in the bodies of requests: as strict as each program, and no stricter.

A body is held to what the program or its database refuses, so that a wrong one is answered 400 and no 500. What a
program ignores is not looked at, what it refuses is refused, and numbers may be texts where it takes them so.
"""
