"""EventBridge event patterns, matched in Python exactly as EventBridge does.

`compile_pattern` turns one pattern into a `Pattern`, whose `matches` takes an event. `Index` holds many patterns and
answers which of them match an event, at a cost that does not grow with their number.
"""

from chalicelib.pattern.compiler import Pattern, compile_pattern
from chalicelib.pattern.index import Index
from chalicelib.pattern.operators import InvalidPattern

__all__ = ["Index", "InvalidPattern", "Pattern", "compile_pattern"]
