package swarm.cli.spec;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.math.BigInteger;

/// `--expose`: `PORT[-PORT][/PROTOCOL]`, with Docker's words for what is none. Pure.
final class ExposedPorts {
  private static final int MAX_PORT = 65_535;

  private ExposedPorts() {}

  /// Adds what one text says.
  ///
  /// @param exposed `Config.ExposedPorts`
  static void add(ObjectNode exposed, String text) throws InvalidValueException {
    if (text.contains(":")) {
      throw new InvalidValueException("invalid port format for --expose: " + text);
    }
    String[] halves = text.split("/", 2);
    String ports = halves[0];
    String protocol = halves.length == 1 || halves[1].isEmpty() ? "tcp" : halves[1];
    if (ports.isEmpty()) {
      throw invalid(text, "empty string specified for ports");
    }
    String[] ends = ports.split("-", -1); // Docker takes the first two, whatever follows
    int first = port(text, ends[0]);
    int last = ends.length == 1 ? first : port(text, ends[1]);
    if (last < first) {
      throw invalid(text, "invalid range specified for port: " + ports);
    }
    for (int port = first; port <= last; port++) {
      exposed.putObject(port + "/" + protocol);
    }
  }

  private static int port(String text, String digits) throws InvalidValueException {
    if (!digits.matches("[0-9]+")) {
      throw unparsed(text, digits, "invalid syntax");
    }
    BigInteger port = new BigInteger(digits);
    if (port.bitLength() > Character.SIZE || port.intValue() > MAX_PORT) {
      throw unparsed(text, digits, "value out of range");
    }
    return port.intValue();
  }

  private static InvalidValueException unparsed(String text, String digits, String why) {
    return invalid(text, "strconv.ParseUint: parsing \"" + digits + "\": " + why);
  }

  private static InvalidValueException invalid(String text, String why) {
    return new InvalidValueException(
        "invalid range format for --expose: " + text + ", error: " + why);
  }
}
