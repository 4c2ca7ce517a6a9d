"""Why a rewrite is safe, and why it was not done. The values are sentences, and tests demonstrate each of them."""

from __future__ import annotations

from enum import Enum


class Reason(Enum):
    """An argument for the safety of a rewrite."""

    INPUT_PASSES_THROUGH = "the state hands its input on unchanged"
    CANNOT_FAIL = "it can neither fail nor be retried, so that no handler could have seen it"
    READS_ARE_REPLACED = "whoever read its output or its variables computes the same value from what it read itself"
    SAME_FAILURES = "whatever could fail in it fails there before any work is done, and no handler sees it"
    CANNOT_MISS = "everything it computes always gives a value"
    ONLY_WAY_IN = "no other way leads there"
    COMPOSED = "the state before it computes from its own result what the Pass computed from its output"
    ALWAYS_THE_SAME_WAY = "its test has the same outcome every time"
    ALREADY_TESTED = "the same test has been made on the same data on every way there"
    NO_DIFFERENCE = "the ways that it chooses between are the same"
    TESTED_TOGETHER = "a rule of both tests is true exactly where both were, and they are tried in the same order"
    WAITS_AS_LONG = "the flow is held for the same time, and nothing happens in between"
    NEVER_ENTERED = "no way leads there from the start"
    NEVER_READ = "no state reads the variable, and computing it cannot fail"
    ALONE_IN_ITS_PARALLEL = (
        "a single branch runs like a part of the flow around it, and nothing handles its errors apart"
    )
    COMPUTED_IN_ONE = "the branches only compute, so that one state can compute what all of them give"
    NO_ITEMS = "there are no items, so that the body never runs and the result is an empty array"
    ONE_ITEM = "there is always one item, so that the body runs like a single branch"
    SAME_STATES = "the states do the same and lead to the same, and nothing reads their names"
    ONLY_ARGUMENTS_DIFFER = (
        "the tasks do the same with other arguments, and the tests that choose among them cannot fail"
    )
    RETRIED_THE_SAME = "the task begins again with the same input after the same time, as often as it fails"
    WAITED_FOR = "the service tells when the job has ended, and each end of it leads where it led"
    ASKED_AGAIN = "a Retry asks again after the same time, as long as the loop did, and nothing else makes it try again"
    ENDS_ALL_THE_SAME = "its predecessor ends the flow with the same output"
    ONE_CALL_FOR_ALL = "one call does what the calls in a row did, and it fails where one of them would"
    NOTHING_BUT_ITS_RESULT = "it has no effect but its result, as its author says, and nobody reads that"
    ITEM_BY_ITEM = "each item goes the same ways one after the other, and the results are in the same places"
    SAID_BY_THE_AUTHOR = "what cannot be proven is asserted on each of the states"


class Hazard(Enum):
    """A ground for leaving something as it is."""

    NEEDED_TO_END = "a Choice or a Catch leads to it, and these cannot end the flow themselves"
    ONLY_STATE = "the flow begins and ends with it"
    ENDLESS_LOOP = "it leads back to itself by states that do nothing, and the loop would lose its last one"
    UNKNOWN_FIELDS = "it has fields that are not ASL's, and what they mean is not known"
    IMPURE = "it computes a time, an identifier or a random value, which may be neither copied nor moved"
    NAME_OBSERVED = "it reads in the context object which state it is, when it was entered or what its token is"
    NOT_UNDERSTOOD = "an expression is not understood well enough to be changed"
    READS_WHAT_IS_NOT_THERE = "the other state reads a field that this one does not give"
    MAY_FIND_NOTHING = "an expression may find nothing, which fails here and would not fail in the middle of another"
    TEXT_WOULD_GROW = "a long expression would have to be written many times"
    FAILURE_WOULD_BE_LOST = "something in it may fail, and in the other state nothing would evaluate it in its time"
    OTHER_ERROR = "where something in it is missing, the other state would fail with an error of another name"
    FAILURE_WOULD_BE_HANDLED = "something in it may fail, and a Retry or Catch of the other state would see the error"
    OTHER_WAYS_IN = "more than one way leads to the state that would have to do its work"
    OTHER_LANGUAGE = "the other state is written in the other query language"
    VARIABLE_READ_INSIDE = "a nested flow of the other state reads a variable that it sets"
    ASSIGN_MAY_OUTGROW = "the variables of both states together may exceed what one Assign may set, 256 KiB"
    OUTPUT_IS_READ_WHOLE = "the other state hands on or works on the whole of what it puts together"
    INPUT_MAY_BE_NO_OBJECT = "its ResultPath fails on an input that is no object, and the input may be none"
    NO_FIELD_FOR_IT = "the other state has no field that could compute its output"
    NO_DEFAULT = "it has no Default, and that no rule is true has to come up in it"
    RULES_WOULD_GROW = "one Choice would get too many rules for anybody to read"
    VARIABLE_TESTED = "the Choice behind tests a variable that is set on the way there"
    WAIT_MAY_FAIL = "how long it waits is computed, and that may fail"
    HAS_HANDLERS = "its Retry or Catch holds for the whole of what is inside"
    SETS_VARIABLES_INSIDE = "what is inside sets variables, which must not be seen outside"
    ENDS_INSIDE = "what is inside ends in a state that cannot lead on"
    SETS_ITS_INPUT_ASIDE = "it puts the result into its own input, which would no longer be there"
    BRANCH_FAILED_NAMED = "a handler around it names States.BranchFailed"
    TEST_MAY_FAIL = "a test may fail, and the handlers of the task would see that"
    WAYS_DIFFER = "what happens on the ways between them differs"
    ERRORS_OVERLAP = "another Retry or Catch of the task may name the same errors"
    INPUT_CHANGES = "the task would begin again with another input"
    NOT_JSONATA = "it is written in JSONPath, in which a loop is not taken apart"
    ROUNDS_DIFFER = "a round of the loop leaves something behind that the next one or a state behind the loop may read"
    ASKS_FOR_ANOTHER = "the task in the loop asks for something else than the job that was started"
    TESTS_SOMETHING_ELSE = "a test in the loop reads more than the state of the job"
    STATES_PART_OTHERWISE = "the loop goes on, ends well or fails in other states of the job than waiting for it does"
    NOT_TOLD = "what is read of the job may be missing, or may be told in another form when it is waited for"
    EXPRESS = "it stands in an Express workflow, which cannot wait for jobs"
    MAY_NOT_BE_STOPPED = (
        "the job would be stopped where the execution is stopped or times out, and nobody says that it may be"
    )
    IN_JSONPATH = "it is written in JSONPath, which cannot raise what failed in a part of a call"
    HANDLERS_DIFFER = (
        "its Retry, Catch, timeouts or credentials are not those of the state before, and one call has one of each"
    )
    HANDLER_SEES_OTHERS = "a Catch leads on with an input or with variables that would be others"
    RESULT_IS_READ = "what a call returns is read or handed on, and one call for all returns something else"
    ERRORS_TOLD_APART = "a Retry or Catch names errors that the failure of a part of a call does not have"
    OTHER_PARAMETERS = "it has parameters that one call for all does not take"
    NOT_RETRIED = "the service may put off a part of such a call, and no Retry tries it again"
    SAME_ITEM = "two of the calls write the same item, which one call for both refuses"
    NO_TEXT = "what it sends may be no text, and is made one only where it is sent alone"
    SOMETHING_ELSE_IS_PASSED = "it is called with something else than just what the function before it gives"
    NOT_FUSED = "nobody says that a function does what the one before it and its own do"
    DISTRIBUTED = "it runs its items in child executions, whose failures are counted apart"
    BARRIER_MATTERS = "nobody says that an item may go on before the Map in front is done with all others"
    NOT_IDEMPOTENT = (
        "its Retry would do it again where another part of the call failed, and nobody says that it is idempotent"
    )
    ORDER_MATTERS = "nobody says that its effect may come before or after those of its neighbours"
    NOT_ATOMIC = "nobody says that it may happen together with its neighbours or not at all"
    MAY_BE_SAME_ITEM = "two of the calls may write the same item, and nobody says that their order does not matter"
    MAY_OUTGROW = "together they may be more than one request takes, so that none of them would happen"
    ERROR_NAMES_MATTER = "its errors would have other names, and nobody says that these are not read"
    WOULD_BE_ASKED_AGAIN = "something in it may fail for another reason, and the Retry that asks again would retry that"
    RETRIES_COUNTED = "its Retry counts failures anew in every round of the loop, and would count them all together"
    AT_ONCE = "the loop asks again at once, and a Retry waits for a second at least"
    ANSWER_IS_GONE = "what is read behind a Catch or a bound is set by an answer, which a Retry leaves nothing of"
    NOT_SAID_TO_BE_ASKABLE = "a Retry calls it again and again, and nobody says that it is idempotent"


UNLOCKS: dict[Hazard, str] = {
    Hazard.NOT_SAID_TO_BE_ASKABLE: "mark it idempotent: idempotent=True",
    Hazard.MAY_NOT_BE_STOPPED: 'assert it on the step: asserts=["stop_on_abort"]',
    Hazard.NOT_IDEMPOTENT: "mark it idempotent: idempotent=True",
    Hazard.NOT_FUSED: 'deploy one that does both, and name it on the step: fused="function"',
    Hazard.BARRIER_MATTERS: 'assert it on the step: asserts=["no_barrier"]',
    Hazard.ORDER_MATTERS: 'assert it on the step: asserts=["unordered"]',
    Hazard.NOT_ATOMIC: 'assert it on the step: asserts=["atomic"]',
    Hazard.MAY_BE_SAME_ITEM: 'assert it on the step: asserts=["unordered"]',
    Hazard.MAY_OUTGROW: 'assert it on the step: asserts=["atomic"]',
    Hazard.ERROR_NAMES_MATTER: 'assert it on the step: asserts=["error_names_free"]',
}
"""What the author can write on the state that was left alone; everything but that is as the rewrite needs it."""
