package swarm.scheduler.model;

/// A secret or a config: data that tasks are given as a file. Only its labels ever change.
public record Payload(PayloadKind kind, String id, Version version, PayloadSpec spec) {}
