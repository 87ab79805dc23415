"""Requests to sign, signatures and their chain, for support to read."""

from core import support
from core.signing.models import ChainHead, ChainLink, Signature, SignatureRequest, SignatureVoid

support.show(SignatureRequest, search=("name", "email"))
support.show(Signature, search=("typed_name", "email"))
support.show(SignatureVoid, ChainLink, ChainHead)
