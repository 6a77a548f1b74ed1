// Record one operation with Node 18 or later, without packages: node dbtrack-operation.mjs NAME
// It passes the trace on: TRACEPARENT is what this service was called with, if it was.
// Environment: DBTRACK_URL, such as https://dbtrack.example.com; DBTRACK_TOKEN.
import { randomBytes, randomUUID } from "node:crypto";

const base = `${process.env.DBTRACK_URL}/api/v1/tracking/operations`;

async function post(path, body, headers = {}, attempts = 5) {
  for (let attempt = 0; ; attempt++) {
    let wait = 2 ** attempt;
    try {
      const answer = await fetch(`${base}/${path}`, {
        method: "POST",
        headers: {
          Authorization: `Bearer ${process.env.DBTRACK_TOKEN}`,
          "Content-Type": "application/json",
          ...headers,
        },
        body: JSON.stringify(body),
        signal: AbortSignal.timeout(30_000),
      });
      const document = await answer.json();
      if (answer.ok) return document.data;
      // 429 and 5xx pass; anything else is a fault of the request or of the token.
      if (answer.status !== 429 && answer.status < 500) {
        throw Object.assign(new Error(document.error), { isFinal: true, status: answer.status });
      }
      wait = Number(answer.headers.get("Retry-After") ?? wait);
    } catch (error) {
      if (error.isFinal || attempt + 1 >= attempts) throw error;
    }
    if (attempt + 1 >= attempts) throw new Error("dbtrack cannot be reached");
    await new Promise((resolve) => setTimeout(resolve, wait * 1000));
  }
}

async function operation(name, work, { type = "MANUAL", metadata = {} } = {}) {
  const traceparent =
    process.env.TRACEPARENT ?? `00-${randomBytes(16).toString("hex")}-${randomBytes(8).toString("hex")}-01`;
  const start = await post(
    "start",
    { script_name: name, script_type: type, metadata },
    // One key for all attempts: a second one starts nothing.
    { traceparent, "Idempotency-Key": randomUUID() },
  );
  const complete = async (body) => {
    try {
      await post("complete", { execution_key: start.execution_key, ...body });
    } catch (error) {
      if (error.status !== 409) throw error; // an earlier attempt closed it
    }
  };
  try {
    const result = await work(traceparent);
    await complete({ success: true });
    return { key: start.execution_key, result };
  } catch (error) {
    await complete({ success: false, error_message: String(error) });
    throw error;
  }
}

const { key } = await operation(process.argv[2], async (traceparent) => {
  // Call the next service with this header: { traceparent }
  console.error(`traceparent: ${traceparent}`);
});
console.log(key);
