"""The service over HTTP, and the page to try it on; needs the extra ``serve``."""
