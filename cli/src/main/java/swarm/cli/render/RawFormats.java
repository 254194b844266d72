package swarm.cli.render;

/// Docker's `--format raw`: one line for each field.
final class RawFormats {
  private RawFormats() {}

  /// The template of a listing; `raw` itself where there is none, as Docker has it.
  static String of(Listing listing, boolean quiet) {
    return switch (listing.type()) {
      case Tables.CONTAINER ->
          quiet
              ? "container_id: {{.ID}}"
              : lines(
                      "container_id: {{.ID}}",
                      "image: {{.Image}}",
                      "command: {{.Command}}",
                      "created_at: {{.CreatedAt}}",
                      "state: {{- pad .State 1 0}}",
                      "status: {{- pad .Status 1 0}}",
                      "names: {{.Names}}",
                      "labels: {{- pad .Labels 1 0}}",
                      "ports: {{- pad .Ports 1 0}}")
                  + (shows(listing, "Size") ? "size: {{.Size}}\n" : "");
      case Tables.IMAGE ->
          quiet
              ? "image_id: {{.ID}}"
              : "repository: {{ .Repository }}\ntag: {{.Tag}}\n"
                  + (shows(listing, "Digest") ? "digest: {{.Digest}}\n" : "")
                  + "image_id: {{.ID}}\ncreated_at: {{.CreatedAt}}\nvirtual_size: {{.Size}}\n";
      case Tables.NETWORK ->
          quiet
              ? "network_id: {{.ID}}"
              : "network_id: {{.ID}}\nname: {{.Name}}\ndriver: {{.Driver}}\nscope: {{.Scope}}\n";
      case Tables.VOLUME ->
          quiet ? "name: {{.Name}}" : lines("name: {{.Name}}", "driver: {{.Driver}}");
      case Tables.NODE ->
          quiet
              ? "node_id: {{.ID}}"
              : lines(
                  "node_id: {{.ID}}",
                  "hostname: {{.Hostname}}",
                  "status: {{.Status}}",
                  "availability: {{.Availability}}",
                  "manager_status: {{.ManagerStatus}}");
      case Tables.SERVICE ->
          quiet
              ? "id: {{.ID}}"
              : lines(
                  "id: {{.ID}}",
                  "name: {{.Name}}",
                  "mode: {{.Mode}}",
                  "replicas: {{.Replicas}}",
                  "image: {{.Image}}",
                  "ports: {{.Ports}}");
      case Tables.TASK ->
          quiet
              ? "id: {{.ID}}"
              : lines(
                  "id: {{.ID}}",
                  "name: {{.Name}}",
                  "image: {{.Image}}",
                  "node: {{.Node}}",
                  "desired_state: {{.DesiredState}}",
                  "current_state: {{.CurrentState}}",
                  "error: {{.Error}}",
                  "ports: {{.Ports}}");
      case Tables.DISK_USAGE ->
          lines(
              "type: {{.Type}}",
              "total: {{.TotalCount}}",
              "active: {{.Active}}",
              "size: {{.Size}}",
              "reclaimable: {{.Reclaimable}}");
      default -> "raw";
    };
  }

  private static String lines(String... lines) {
    return String.join("\n", lines) + "\n";
  }

  private static boolean shows(Listing listing, String field) {
    return listing.columns().stream().anyMatch(column -> column.field().equals(field));
  }
}
