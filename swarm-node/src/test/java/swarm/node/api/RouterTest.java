package swarm.node.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import swarm.node.api.error.ApiException;
import swarm.node.api.http.HttpServer;
import swarm.node.membership.MembershipException;
import swarm.node.rpc.EventLoops;
import swarm.node.testing.RawClient;
import swarm.runtime.image.ImageException;
import swarm.scheduler.model.ServiceSpec;
import swarm.scheduler.model.Wire;

/// The router behind the real server.
@Timeout(60)
class RouterTest {
  private final EventLoops loops = new EventLoops();
  private final Path socket;
  private final HttpServer server;
  private final RawClient client;

  RouterTest(@TempDir Path temp) throws IOException {
    socket = temp.resolve("api.sock");
    server = new HttpServer(socket, loops, routes());
    client = new RawClient(socket);
  }

  @BeforeEach
  void serves() throws IOException {
    assertThat(get("/_ping").body()).isEqualTo("OK");
  }

  @AfterEach
  void end() throws IOException {
    client.close();
    server.close();
    loops.close();
  }

  private static Router routes() {
    var router = new Router();
    router.add("GET", "/_ping", call -> call.text("OK"));
    router.add("GET", "/things", call -> call.text("all"));
    router.add("POST", "/things", call -> call.respond(201, call.json()));
    router.add("POST", "/services", call -> call.respond(201, call.json(ServiceSpec.class)));
    router.add("GET", "/things/{id}", call -> call.text("one " + call.path("id")));
    router.add("GET", "/images/{name*}/json", call -> call.text("image " + call.path("name")));
    router.add("GET", "/filters", call -> call.respond(200, call.filters()));
    router.add("GET", "/flag", call -> call.text("" + call.flag("f")));
    router.add("GET", "/number", call -> call.text("" + call.number("n", 7)));
    router.add(
        "GET", "/time", call -> call.text(call.time("t").map(Object::toString).orElse("none")));
    router.add(
        "GET",
        "/list",
        call ->
            call.list(
                IntStream.range(0, (int) call.number("n", 0))
                    .mapToObj(i -> Wire.JSON.createObjectNode().put("Number", i))
                    .iterator()));
    router.add(
        "GET",
        "/list/broken",
        call ->
            call.list(
                IntStream.range(0, 10)
                    .mapToObj(
                        i -> {
                          if (i == 5) {
                            throw new IllegalStateException("a bug");
                          }
                          return i;
                        })
                    .iterator()));
    router.missing("GET", "/plugins", "plugins");
    router.add(
        "GET",
        "/fail/member",
        _ -> {
          throw new MembershipException(503, "not in a swarm");
        });
    router.add(
        "GET",
        "/fail/image",
        _ -> {
          throw new ImageException(ImageException.Kind.NOT_FOUND, "no such image");
        });
    router.add(
        "GET",
        "/fail/late",
        call -> {
          call.stream("text/plain").write('x');
          throw ApiException.bad("too late to say");
        });
    return router;
  }

  private RawClient.Answer get(String path) throws IOException {
    return client.send("GET " + path + " HTTP/1.1\r\n\r\n").answer();
  }

  private static String message(RawClient.Answer answer) throws IOException {
    JsonNode body = Wire.JSON.readTree(answer.body());
    assertThat(body.fieldNames()).toIterable().containsExactly("message");
    return body.path("message").asText();
  }

  // ---- versions

  @ParameterizedTest
  @ValueSource(
      strings = {"/things", "/v1.41/things", "/v1.47/things", "/v1.50/things", "/v1.50/things/"})
  void everyVersionThatIsSpokenFindsTheRoute(String path) throws IOException {
    assertThat(get(path).body()).isEqualTo("all");
  }

  @ParameterizedTest
  @CsvSource({
    "/v1.51/things, 1.51",
    "/v1.99/things, 1.99",
    "/v2.0/things, 2.0",
    "/v99999.1/things, 99999.1",
    "/v1.99999999999/things, 1.99999999999",
  })
  void newerVersionsAreRefusedAsDockerDoes(String path, String version) throws IOException {
    var answer = get(path);
    assertThat(answer.status()).isEqualTo(400);
    assertThat(message(answer))
        .isEqualTo(
            "client version " + version + " is too new. Maximum supported API version is 1.50");
  }

  @ParameterizedTest
  @CsvSource({"/v1.23/things, 1.23", "/v1.0/things, 1.0", "/v0.99/things, 0.99"})
  void olderVersionsAreRefusedAsDockerDoes(String path, String version) throws IOException {
    var answer = get(path);
    assertThat(answer.status()).isEqualTo(400);
    assertThat(message(answer))
        .isEqualTo(
            "client version "
                + version
                + " is too old. Minimum supported API version is 1.24, please upgrade your client"
                + " to a newer version");
  }

  @Test
  void everyAnswerSaysWhatIsSpoken() throws IOException {
    for (String path : new String[] {"/_ping", "/v1.99/_ping", "/none"}) {
      var answer = get(path);
      assertThat(answer.header("api-version")).isEqualTo("1.50");
      assertThat(answer.header("ostype")).isEqualTo("linux");
      assertThat(answer.header("docker-experimental")).isEqualTo("false");
    }
  }

  // ---- paths

  @ParameterizedTest
  @ValueSource(
      strings = {"/", "/none", "/things/a/b", "/v1.44", "/v1.44/", "/vx/things", "/v1/things"})
  void unknownPathsAre404(String path) throws IOException {
    var answer = get(path);
    assertThat(answer.status()).isEqualTo(404);
    assertThat(message(answer)).isEqualTo("page not found");
  }

  @Test
  void anotherMethodIs405WithThoseThatWork() throws IOException {
    var answer = client.send("DELETE /v1.44/things HTTP/1.1\r\n\r\n").answer();
    assertThat(answer.status()).isEqualTo(405);
    assertThat(answer.header("allow")).isEqualTo("GET, POST");
    assertThat(message(answer)).isEqualTo("DELETE is not allowed here; use GET, POST");
  }

  @ParameterizedTest
  @CsvSource({
    "/things/a, one a",
    "/things/a%2Fb, one a/b",
    "/things/a+b, one a+b",
    "/things/%C3%B6, one ö",
    "/images/a/json, image a",
    "/images/host:5000/a/b:1/json, image host:5000/a/b:1",
    "/v1.44/images/a/b/json, image a/b",
  })
  void partsOfThePathReachTheRoute(String path, String text) throws IOException {
    assertThat(get(path).body()).isEqualTo(text);
  }

  @ParameterizedTest
  @ValueSource(strings = {"/things/%zz", "/things/a%2", "/filters?filters=%zz", "/flag?f=%"})
  void malformedEscapesAreTheClientsFault(String path) throws IOException {
    var answer = get(path);
    assertThat(answer.status()).isEqualTo(400);
    assertThat(message(answer)).contains("malformed escape");
  }

  // ---- parameters

  @ParameterizedTest
  @CsvSource({
    "'', false",
    "?f=1, true",
    "?f=true, true",
    "?f=True, true",
    "?f=yes, true",
    "?f=, false",
    "?f=0, false",
    "?f=no, false",
    "?f=False, false",
    "?f=none, false",
    "?f=1&f=0, true",
  })
  void flags(String query, String value) throws IOException {
    assertThat(get("/flag" + query).body()).isEqualTo(value);
  }

  @ParameterizedTest
  @CsvSource({
    "/number, 200, 7",
    "/number?n=-3, 200, -3",
    "/number?n=x, 400, 'query parameter n must be a number, not ''x'''",
    "/number?n=99999999999999999999, 400, 'query parameter n must be a number'",
    "/time, 200, none",
    "/time?t=0, 200, none",
    "/time?t=1700000000, 200, 2023-11-14T22:13:20Z",
    "/time?t=1700000000.5, 200, 2023-11-14T22:13:20.500Z",
    "/time?t=1700000000.000000001, 200, 2023-11-14T22:13:20.000000001Z",
    "/time?t=2023-11-14T23:13:20%2B01:00, 200, 2023-11-14T22:13:20Z",
    "/time?t=yesterday, 400, query parameter t must be seconds since 1970 or RFC 3339",
    "/time?t=99999999999999999999, 400, query parameter t must be",
    "/time?t=999999999999999999, 400, query parameter t must be",
    "/filters, 200, {}",
    "/filters?filters=%7B%22a%22:[%22y%22%2C%22x%22]%7D, 200, '{\"a\":[\"x\",\"y\"]}'",
    "/filters?filters=%7B%22a%22:%7B%22x%22:true%7D%7D, 200, '{\"a\":[\"x\"]}'",
    "/filters?filters=%7B%22a%22:%22x%22%7D, 400, filter a must be a list",
    "/filters?filters=[], 400, filters must be a JSON object",
    "/filters?filters=%7B, 400, filters is not JSON",
  })
  void parametersOfOtherKinds(String path, int status, String text) throws IOException {
    var answer = get(path);
    assertThat(answer.status()).isEqualTo(status);
    assertThat(status == 200 ? answer.body() : message(answer)).startsWith(text);
  }

  // ---- bodies

  private RawClient.Answer post(String body) throws IOException {
    return post("/things", body);
  }

  private RawClient.Answer post(String path, String body) throws IOException {
    return post(path, "Content-Type: application/json\r\n", body);
  }

  private RawClient.Answer post(String path, String headers, String body) throws IOException {
    return client
        .send(
            "POST "
                + path
                + " HTTP/1.1\r\n"
                + headers
                + "Content-Length: "
                + body.getBytes(java.nio.charset.StandardCharsets.UTF_8).length
                + "\r\n\r\n")
        .send(body.getBytes(java.nio.charset.StandardCharsets.UTF_8))
        .answer();
  }

  @ParameterizedTest
  @CsvSource({
    "'{\"a\":1}', 201, '{\"a\":1}'",
    "'', 201, {}",
    "null, 201, {}",
    "'  ', 400, the body must be a JSON object",
    "[], 400, the body must be a JSON object",
    "1, 400, the body must be a JSON object",
    "'{', 400, the body is not JSON",
    "nonsense, 400, the body is not JSON",
    "'{\"a\":1', 400, the body is not JSON",
    "'{\"a\":1} \n', 201, '{\"a\":1}'",
    "'{\"a\":1} trailing', 400, the body is not JSON: Unrecognized token 'trailing'",
    "'{\"a\":1}{\"b\":2}', 400, the body is not JSON: there is more behind the end",
    "'{\"a\":1}]', 400, the body is not JSON",
    "'{\"a\":1,\"a\":2}', 400, the body is not JSON: Duplicate field 'a'",
    "'{\"a\":{\"b\":1,\"b\":1}}', 400, the body is not JSON: Duplicate field 'b'",
  })
  void bodies(String body, int status, String text) throws IOException {
    var answer = post(body);
    assertThat(answer.status()).isEqualTo(status);
    assertThat(status == 201 ? answer.body() : message(answer))
        .startsWith(text)
        .doesNotContain("Source", "Feature", "com.", "java.");
    assertThat(get("/_ping").body()).as("the connection goes on").isEqualTo("OK");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{'Mode':{'Replicated':{'Replicas':'x'}}}   | Mode.Replicated.Replicas must be an integer",
        "{'Mode':{'Replicated':{'Replicas':1e99}}}  | Mode.Replicated.Replicas must be",
        "{'Mode':{'Replicated':7}}                  | Mode.Replicated must be an object",
        "{'Mode':[]}                                | Mode must be an object",
        "{'Labels':[]}                              | Labels must be an object",
        "{'Name':{}}                                | Name must be a string",
        "{'EndpointSpec':{'Ports':{}}}              | EndpointSpec.Ports must be a list",
        "{'EndpointSpec':{'Ports':[{'TargetPort':'x'}]}}"
            + "| EndpointSpec.Ports[0].TargetPort must be an integer",
        "{'EndpointSpec':{'Ports':[{'TargetPort':99999999999}]}}"
            + "| EndpointSpec.Ports[0].TargetPort must be",
        "{'Name':5}                                 | Name must be a string, not 5",
        "{'Name':true}                              | Name must be a string, not true",
        "{'Labels':{'a':1}}                         | Labels.a must be a string, not 1",
        "{'Mode':{'Replicated':{'Replicas':'3'}}}"
            + "| Mode.Replicated.Replicas must be an integer within its range, not \"3\"",
        "{'Mode':{'Replicated':{'Replicas':2.7}}}"
            + "| Mode.Replicated.Replicas must be an integer within its range, not 2.7",
        "{'EndpointSpec':{'Ports':[{'TargetPort':80.5}]}}"
            + "| EndpointSpec.Ports[0].TargetPort must be an integer within its range, not 80.5",
        "{'TaskTemplate':{'ContainerSpec':{'Args':[1]}}}"
            + "| TaskTemplate.ContainerSpec.Args[0] must be a string, not 1",
        "{'TaskTemplate':{'ContainerSpec':{'TTY':1}}}"
            + "| TaskTemplate.ContainerSpec.TTY must be true or false, not 1",
        "{'TaskTemplate':{'ContainerSpec':{'TTY':'true'}}}"
            + "| TaskTemplate.ContainerSpec.TTY must be true or false, not \"true\"",
        "{'UpdateConfig':{'MaxFailureRatio':'x'}}   | UpdateConfig.MaxFailureRatio must be a number",
        "{'TaskTemplate':{'ContainerSpec':{'TTY':'maybe'}}}"
            + "| TaskTemplate.ContainerSpec.TTY must be true or false",
      })
  void fieldsOfAnotherTypeAreNamed(String body, String text) throws IOException {
    var answer = post("/services", body.replace('\'', '"'));
    assertThat(answer.status()).isEqualTo(400);
    assertThat(message(answer))
        .startsWith("the body does not fit: " + text)
        .doesNotContain("Source", "Feature", "com.", "java.", "swarm.", "`");
  }

  @Test
  void anIntegerIsAFraction() throws IOException {
    assertThat(post("/services", "{\"UpdateConfig\":{\"MaxFailureRatio\":1}}").status())
        .isEqualTo(201);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "application/json                | {} | 201 | {}",
        "application/json; charset=utf-8 | {} | 201 | {}",
        "Application/JSON                | {} | 201 | {}",
        "''                              | '' | 201 | {}",
        "text/plain | {} | 400"
            + "| unsupported Content-Type header (text/plain): must be 'application/json'",
        "text/plain | '' | 400"
            + "| unsupported Content-Type header (text/plain): must be 'application/json'",
        "''  | {} | 400 | malformed Content-Type header (): mime: no media type",
        "a/b/c | {} | 400 | malformed Content-Type header (a/b/c): mime:",
      })
  void onlyJsonIsTakenForJson(String type, String body, int status, String text)
      throws IOException {
    var answer = post("/things", type.isEmpty() ? "" : "Content-Type: " + type + "\r\n", body);
    assertThat(answer.status()).isEqualTo(status);
    assertThat(status == 201 ? answer.body() : message(answer)).startsWith(text);
  }

  @Test
  void aBodyThatIsNestedTooDeeplyIsRefused() throws IOException {
    var answer = post("{\"a\":" + "[".repeat(100_000));
    assertThat(answer.status()).isEqualTo(400);
    assertThat(message(answer)).contains("nesting depth").doesNotContain("`");
  }

  @Test
  void aBodyOfTheLimitIsTaken() throws IOException {
    int room = Call.MAX_JSON_BYTES - "{\"a\":\"\"}".length();
    assertThat(post("{\"a\":\"" + "x".repeat(room) + "\"}").status()).isEqualTo(201);
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aBodyOverTheLimitIsRefusedWithTheLimit(boolean chunked) throws IOException {
    int large = 100 * 1024 * 1024;
    client.send(
        "POST /things HTTP/1.1\r\n"
            + (chunked ? "Transfer-Encoding: chunked" : "Content-Length: " + large)
            + "\r\n\r\n");
    String data = "x".repeat(1 << 16);
    String piece = chunked ? "10000\r\n" + data + "\r\n" : data;
    long sent =
        client.sendUntilRefused(piece.getBytes(java.nio.charset.StandardCharsets.US_ASCII), large);

    var answer = client.answer();
    assertThat(answer.status()).isEqualTo(413);
    assertThat(message(answer))
        .isEqualTo("the JSON body is larger than the limit of 4194304 bytes");
    assertThat(sent).isGreaterThan(Call.MAX_JSON_BYTES);
    try (var other = new RawClient(socket)) {
      assertThat(other.send("GET /_ping HTTP/1.1\r\n\r\n").answer().status()).isEqualTo(200);
    }
  }

  // ---- failures

  @ParameterizedTest
  @CsvSource({
    "/plugins, 501, plugins is not implemented yet",
    "/fail/member, 503, not in a swarm",
    "/fail/image, 404, no such image",
  })
  void failuresHaveDockersForm(String path, int status, String text) throws IOException {
    var answer = get(path);
    assertThat(answer.status()).isEqualTo(status);
    assertThat(answer.header("content-type")).isEqualTo("application/json");
    assertThat(message(answer)).isEqualTo(text);
  }

  @Test
  void aFailureBehindTheBeginningOfAnAnswerBreaksItOff() throws IOException {
    client.send("GET /fail/late HTTP/1.1\r\n\r\n");
    assertThat(client.head().status()).isEqualTo(200);
    assertThat(new String(client.rest(), java.nio.charset.StandardCharsets.UTF_8))
        .as("no last chunk")
        .doesNotContain("0\r\n\r\n");
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 20_000})
  void aListIsWrittenElementByElement(int count) throws IOException {
    RawClient.Answer answer = get("/list?n=" + count);
    assertThat(answer.status()).isEqualTo(200);
    JsonNode list = Wire.JSON.readTree(answer.body());
    assertThat(list.isArray()).isTrue();
    assertThat(list.size()).isEqualTo(count);
    if (count > 0) {
      assertThat(list.get(count - 1).path("Number").asInt()).isEqualTo(count - 1);
    }
    assertThat(get("/_ping").body()).as("the connection goes on").isEqualTo("OK");
  }

  @Test
  void aListThatBreaksOffDoesNotLookWhole() throws IOException {
    client.send("GET /list/broken HTTP/1.1\r\n\r\n");
    assertThat(client.head().status()).isEqualTo(200);
    assertThat(new String(client.rest(), java.nio.charset.StandardCharsets.UTF_8))
        .doesNotContain("]")
        .doesNotContain("0\r\n\r\n");
  }

  @Test
  void dockersFrameOfMultiplexedOutput() {
    assertThat(Router.frame(2, new byte[] {7, 8})).containsExactly(2, 0, 0, 0, 0, 0, 0, 2, 7, 8);
    assertThat(Router.frame(1, new byte[70_000])).startsWith(1, 0, 0, 0, 0, 1, 0x11, 0x70);
  }
}
