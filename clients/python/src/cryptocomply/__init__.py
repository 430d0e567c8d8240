"""Client of CryptoComply's authentication and API keys service."""

from . import errors, models
from .api_error import ApiError, NoAnswerError
from .calls import Options, Page, Pages
from .client import CryptoComply
from .credentials import ApiKey, Credential, Jwt, OpenSession, Session, Tokens
from .key_warnings import KeyWarning
from .transport import Answer

__all__ = [
    "Answer",
    "ApiError",
    "ApiKey",
    "Credential",
    "CryptoComply",
    "Jwt",
    "KeyWarning",
    "NoAnswerError",
    "OpenSession",
    "Options",
    "Page",
    "Pages",
    "Session",
    "Tokens",
    "errors",
    "models",
]
