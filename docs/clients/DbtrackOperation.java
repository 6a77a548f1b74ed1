// Record one operation with Java 17 or later, without packages: java DbtrackOperation.java NAME
// It is sent as a whole after it ended, as an outbox does: sent again, it is known.
// Environment: DBTRACK_URL, such as https://dbtrack.example.com; DBTRACK_TOKEN; TRACEPARENT, if there is one.
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.UUID;

public class DbtrackOperation {
    static final HttpClient CLIENT = HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(10)).build();

    public static void main(String[] words) throws Exception {
        String id = UUID.randomUUID().toString();
        Instant started = Instant.now().truncatedTo(ChronoUnit.MICROS);
        String status = "COMPLETED", error = null;
        try {
            Thread.sleep(10); // the work
        } catch (RuntimeException failure) {
            status = "FAILED";
            error = failure.toString();
        }
        long micros = ChronoUnit.MICROS.between(started, Instant.now());
        String trace = System.getenv("TRACEPARENT");
        String record = "{\"operation_id\": " + quoted(id) + ", \"script_name\": " + quoted(words[0])
            + ", \"started_at\": " + quoted(started.toString()) + ", \"execution_status\": " + quoted(status)
            + ", \"duration_us\": " + micros + ", \"error_message\": " + quoted(error)
            + ", \"traceparent\": " + quoted(trace) + "}";
        System.out.println(send("{\"records\": [" + record + "]}"));
    }

    static String send(String body) throws Exception {
        HttpRequest request = HttpRequest
            .newBuilder(URI.create(System.getenv("DBTRACK_URL") + "/api/v1/tracking/operations/outbox"))
            .header("Authorization", "Bearer " + System.getenv("DBTRACK_TOKEN"))
            .header("Content-Type", "application/json")
            .timeout(Duration.ofSeconds(30))
            .POST(HttpRequest.BodyPublishers.ofString(body))
            .build();
        for (int attempt = 0; ; attempt++) {
            try {
                HttpResponse<String> answer = CLIENT.send(request, HttpResponse.BodyHandlers.ofString());
                if (answer.statusCode() == 200) {
                    return answer.body();
                }
                // 429 and 5xx pass; anything else is a fault of the request or of the token.
                if (attempt == 4 || (answer.statusCode() != 429 && answer.statusCode() < 500)) {
                    throw new IllegalStateException(answer.body());
                }
            } catch (java.io.IOException unreachable) {
                if (attempt == 4) {
                    throw unreachable;
                }
            }
            Thread.sleep(1000L << attempt);
        }
    }

    static String quoted(String text) {
        if (text == null) {
            return "null";
        }
        StringBuilder json = new StringBuilder("\"");
        for (char each : text.toCharArray()) {
            json.append(each < ' ' || each == '"' || each == '\\' ? String.format("\\u%04x", (int) each) : each);
        }
        return json.append('"').toString();
    }
}
