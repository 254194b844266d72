package swarm.node.metrics;

import java.util.Map;

/// The text exposition format of Prometheus, version 0.0.4. Confined to one thread.
public final class PrometheusText {
  /// What an answer in this format says that it is.
  public static final String CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8";

  private final StringBuilder text = new StringBuilder();

  /// A number that goes up and down.
  public PrometheusText gauge(String name, String help, long value) {
    head(name, "gauge", help);
    line(name, (double) value);
    return this;
  }

  /// A number for each value of a label.
  public PrometheusText gauges(
      String name, String help, String label, Map<String, ? extends Number> values) {
    head(name, "gauge", help);
    values.forEach((each, value) -> line(name, label, each, value.doubleValue()));
    return this;
  }

  /// A number that only goes up while the daemon runs.
  public PrometheusText counter(String name, String help, long value) {
    head(name, "counter", help);
    line(name, (double) value);
    return this;
  }

  /// A distribution of durations, in seconds.
  public PrometheusText histogram(String name, String help, Histogram histogram) {
    histogram.write(this, name, help);
    return this;
  }

  void head(String name, String type, String help) {
    text.append("# HELP ").append(name).append(' ').append(help.replace("\n", " ")).append('\n');
    text.append("# TYPE ").append(name).append(' ').append(type).append('\n');
  }

  void line(String name, double value) {
    text.append(name).append(' ').append(number(value)).append('\n');
  }

  void line(String name, String label, String labelValue, double value) {
    text.append(name)
        .append('{')
        .append(label)
        .append("=\"")
        .append(labelValue.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n"))
        .append("\"} ")
        .append(number(value))
        .append('\n');
  }

  private static String number(double value) {
    return value == Math.rint(value) && Math.abs(value) < 1e15
        ? Long.toString((long) value)
        : Double.toString(value);
  }

  @Override
  public String toString() {
    return text.toString();
  }
}
