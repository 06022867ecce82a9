"""The face: what people see and do. One module per page in `pages/`, its template beside it by
the same name in `templates/`; every text goes through gettext, every form works without scripts.
"""
