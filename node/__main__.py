"""`schoolgate`, also as `python -m node`."""

from node.cli import schoolgate


def main() -> None:
    """Run the command line."""
    schoolgate(prog_name="schoolgate")


if __name__ == "__main__":
    main()
