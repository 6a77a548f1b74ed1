// Sign records for a bus with Node 18 or later, without packages: node dbtrack-outbox-message.mjs < RECORDS > MESSAGES
// RECORDS has one record a line, as JSON; MESSAGES has the headers and the body of one message a line. A service that
// publishes calls headersOf() itself, with the body exactly as it is published. Environment: DBTRACK_TOKEN;
// DBTRACK_TENANT, if the token has several tenants.
import { createHash, createHmac } from "node:crypto";
import { readFileSync } from "node:fs";

export function headersOf(token, body, tenant = "") {
  const [, tokenId, secret] = token.split("_");
  const key = createHash("sha256").update(Buffer.from(secret, "hex")).digest();
  const signature = createHmac("sha256", key).update(`dbtrack outbox 1\n${tenant}\n`).update(body).digest("hex");
  const headers = { "dbtrack-outbox": `1.${tokenId}.${signature}` };
  return tenant ? { ...headers, "dbtrack-tenant": tenant } : headers;
}

for (const body of readFileSync(0, "utf8").split("\n").filter((line) => line.trim())) {
  const headers = headersOf(process.env.DBTRACK_TOKEN, body, process.env.DBTRACK_TENANT ?? "");
  console.log(JSON.stringify({ headers, body }));
}
