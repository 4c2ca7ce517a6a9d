"""A pipeline with ten different mistakes; tests/test_mistakes.py holds what is said about each."""

from sfdsl import Choice, Defaults, Fail, Pipeline, Retry, Wait, aws, fn, jsonata

orders = Pipeline("ten mistakes", input={"day": str}, defaults=Defaults(timeout="10m"))

extract = aws.glu.start_job_run("Extract", JobName="orders")
transform = aws.glue.start_job_rn("Transform", JobName="orders")
validate = aws.lambda_.invoke("Validate", FunktionName="validate")
store = aws.dynamodb.put_item.sync("Store", TableName="orders", Item={"id": {"S": "1"}})
ask = aws.sqs.send_message.wait_for_task_token("Ask", QueueUrl="${QueueUrl}", MessageBody="publish?", heartbeat="1h")
count = aws.lambda_.invoke("Count", FunctionName="count", Payload={"n": jsonata("$cuont($states.input)")})
load = (
    aws.lambda_.invoke("Load", FunctionName="load", Payload={})
    .retry(Retry(errors=["States.ALL"]), Retry(errors=["Lambda.TooManyRequestsException"]))
    .catch(Fail("Load failed"), errors=["States.Timeuot"])
)
again = Choice("Again?").when(fn.count(orders.input.day) > 5, load)
forgotten = Wait("Forgotten", "5m")

orders.define(extract >> transform >> validate >> store >> ask >> count >> load >> again)
