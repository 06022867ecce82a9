"""One module per page or family of pages; its template has the same name. They never import each
other: what two of them share lies one floor up.
"""
