"""Choosing Express exactly: the whole workflow, or regions of it as child executions of a Standard workflow.

`choose` finds the cheapest plan, `outline` builds the parent and its children. The modules:

- `blockers`: which states cannot run in Express, and why; what an assertion would unlock.
- `sequences`: a flow as sequences of siblings, nested as its Choices and loops are.
- `runs`: what a run of siblings would cost as one child: time, exits, memory.
- `optimum`: the dynamic programme over runs; `bound`: the minimum cut that no plan can beat.
- `data`: which variables and context fields a region reads and leaves behind.
- `outline`, `child`: the definitions.
"""
