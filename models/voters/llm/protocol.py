"""The two protocols: what to send to an endpoint, and how to read what it answers. Bytes in, bytes out, no I/O."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Any

from models.voters.llm.labels import SCHEMA, read_json
from models.voters.llm.prompt import Prompt

LARGEST_ANSWER = 64 << 10
"""Bytes of an answer that are read; a label takes less than one hundredth of it."""


class ProtocolName(StrEnum):
    """The protocols, by the name that the setting `llm_protocol` takes."""

    OPENAI = "openai"
    OLLAMA = "ollama"


@dataclass(frozen=True, slots=True)
class Request:
    """An HTTP request to post."""

    path: str
    body: bytes


@dataclass(frozen=True, slots=True)
class Protocol:
    """One protocol.

    Args:
        write: Model name, prompt and most tokens of the answer to the body.
        content: The body of an answer, parsed, to the text that the model wrote; None where it is not of the protocol.
    """

    path: str
    write: Callable[[str, Prompt, int], dict[str, Any]]
    content: Callable[[Any], str | None]

    def request(self, prompt: Prompt, *, model: str, max_tokens: int) -> Request:
        """The request that asks `model` the prompt, for at most `max_tokens` tokens of answer."""
        return Request(self.path, json.dumps(self.write(model, prompt, max_tokens)).encode())

    def read(self, body: bytes) -> str | None:
        """The text that the model wrote, or None where the answer is too large or not of the protocol; never raises."""
        return self.content(read_json(body)) if len(body) <= LARGEST_ANSWER else None


def _messages(prompt: Prompt) -> list[dict[str, str]]:
    return [{"role": "system", "content": prompt.system}, {"role": "user", "content": prompt.user}]


def _openai(model: str, prompt: Prompt, max_tokens: int) -> dict[str, Any]:
    return {
        "model": model,
        "messages": _messages(prompt),
        # A replay should get the same answer, as far as the server allows.
        "temperature": 0,
        "max_tokens": max_tokens,
        "stream": False,
        "response_format": {
            "type": "json_schema",
            "json_schema": {"name": "answer", "strict": True, "schema": SCHEMA},
        },
    }


def _openai_content(answer: Any) -> str | None:
    match answer:
        case {"choices": [{"message": {"content": str(content)}}]}:
            return content
    return None


def _ollama(model: str, prompt: Prompt, max_tokens: int) -> dict[str, Any]:
    return {
        "model": model,
        "messages": _messages(prompt),
        "stream": False,
        "format": SCHEMA,
        "options": {"temperature": 0, "num_predict": max_tokens},
    }


def _ollama_content(answer: Any) -> str | None:
    match answer:
        # Without `done` the answer may be cut off, and a part of a name may be another name.
        case {"message": {"content": str(content)}, "done": True}:
            return content
    return None


PROTOCOLS: Mapping[ProtocolName, Protocol] = MappingProxyType(
    {
        ProtocolName.OPENAI: Protocol("/chat/completions", _openai, _openai_content),
        ProtocolName.OLLAMA: Protocol("/api/chat", _ollama, _ollama_content),
    }
)
"""OpenAI's chat completions with structured outputs, and Ollama's chat with `format`."""
