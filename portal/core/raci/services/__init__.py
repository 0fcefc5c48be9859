"""The writes of the matrix: posts, proposals, signatures; each with its evidence in the same transaction."""

from .errors import Refused
from .posts import Wish, set_post
from .proposals import propose, withdraw
from .signatures import begin_signature, sign

__all__ = ["Refused", "Wish", "begin_signature", "propose", "set_post", "sign", "withdraw"]
