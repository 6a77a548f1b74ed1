// Sign records for a bus with Java 17 or later, without packages: java DbtrackOutboxMessage.java < RECORDS > MESSAGES
// RECORDS has one record a line, as JSON; MESSAGES has the headers and the body of one message a line. A service that
// publishes calls signature() itself, with the body exactly as it is published. Environment: DBTRACK_TOKEN;
// DBTRACK_TENANT, if the token has several tenants.
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.HexFormat;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

public class DbtrackOutboxMessage {
    /** Returns the header dbtrack-outbox; dbtrack-tenant has the tenant, unless it is empty. */
    static String signature(String token, String tenant, byte[] body) throws Exception {
        String[] parts = token.split("_");
        byte[] key = MessageDigest.getInstance("SHA-256").digest(HexFormat.of().parseHex(parts[2]));
        Mac mac = Mac.getInstance("HmacSHA256");
        mac.init(new SecretKeySpec(key, "HmacSHA256"));
        mac.update(("dbtrack outbox 1\n" + tenant + "\n").getBytes(StandardCharsets.UTF_8));
        return "1." + parts[1] + "." + HexFormat.of().formatHex(mac.doFinal(body));
    }

    public static void main(String[] words) throws Exception {
        String token = System.getenv("DBTRACK_TOKEN");
        String tenant = System.getenv().getOrDefault("DBTRACK_TENANT", "");
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String body; (body = in.readLine()) != null; ) {
            String headers = "{\"dbtrack-outbox\": \"" + signature(token, tenant, body.getBytes(StandardCharsets.UTF_8))
                + "\"" + (tenant.isEmpty() ? "" : ", \"dbtrack-tenant\": \"" + tenant + "\"") + "}";
            String quoted = body.replace("\\", "\\\\").replace("\"", "\\\"");
            System.out.println("{\"headers\": " + headers + ", \"body\": \"" + quoted + "\"}");
        }
    }
}
