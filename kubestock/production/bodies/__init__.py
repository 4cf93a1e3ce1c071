"""JSON Schemas of the request bodies of KubeStock's programs: as strict as each program, and no stricter.

The schemas refuse what the program or its database refuses, so that an invalid body is answered 400 instead of 500.
They allow fields that a program ignores, and allow a number as a string if the program does.
"""
