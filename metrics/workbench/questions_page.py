"""The questions' page of the documentation, made from the headers of queries/*.sql."""

from metrics.workbench.questions import BUILT_IN, Question, load_folders

PREAMBLE = """# Questions

Made from the headers of `queries/*.sql` by `python tests/docs/regenerate.py`; edit those, not this page. Run one with
`timely query NAME`, or open it in the workbench ([how](workbench.md)).
"""


def questions_markdown() -> str:
    """A list of the questions that ship, then each with its parameters and columns."""
    known = load_folders(BUILT_IN).values()
    contents = "".join(f"| [{question.name}](#{question.name}) | {question.question} | {question.owner} |\n" for question in known)
    return f"{PREAMBLE}\n| name | answers | owner |\n|---|---|---|\n{contents}" + "".join(_section(question) for question in known)


def _section(question: Question) -> str:
    note = f" {question.note}" if question.note else ""
    head = f'\n<a id="{question.name}"></a>\n\n## {question.title}\n\n{question.question}{note}\n'
    said = f"\n`timely query {question.name}` · {question.owner} · reviewed {question.reviewed}\n"
    params = "".join(f"| `{param.name}` | {param.type} | {_default(param.default)} | {param.help} |\n" for param in question.params)
    table = f"\n| parameter | type | default | what it is |\n|---|---|---|---|\n{params}" if params else ""
    return f"{head}{said}{table}\nReturns {', '.join(f'`{column}`' for column in question.returns)}.\n"


def _default(value: object) -> str:
    return "null" if value is None else f"`{value}`"
