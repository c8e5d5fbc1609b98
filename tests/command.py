"""The command line as a script, for `Forked`."""

from reasonmed_assets.cli.app import app

if __name__ == "__main__":
    app()
