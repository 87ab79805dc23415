"""Static files under names that hold their hash, compressed, so that browsers keep them for good."""

from whitenoise.storage import CompressedManifestStaticFilesStorage


class StaticStorage(CompressedManifestStaticFilesStorage):
    """A name that is not there is an error; modules import each other by their hashed names."""

    support_js_module_import_aggregation = True
    keep_only_hashed_files = True
