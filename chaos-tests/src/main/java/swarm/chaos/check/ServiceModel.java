package swarm.chaos.check;

import java.util.Optional;

/// A service as a register with compare-and-set.
///
/// The condition of an update is a version, which names the write that was read. As values are
/// unique, so does the value: an update can succeed only on the value that its version was read
/// with, and can be out of sequence only on another one. Versions are checked besides: a value has
/// one version as long as it stands, and whatever is written later has a later one, also after a
/// removal.
///
/// An update or a removal by name is two steps for the cluster: it looks up the id, and then
/// changes what has this id. That the id has gone meanwhile (404) means that there was no service
/// of the name at the moment of its removal, which is within the call: so the answer is as good as
/// that of one step.
public final class ServiceModel implements Model<ServiceState, ServiceCall, ServiceAnswer> {
  @Override
  public ServiceState initial() {
    return new ServiceState.Absent(0);
  }

  @Override
  public Optional<ServiceState> step(ServiceState state, ServiceCall call, ServiceAnswer answer) {
    return switch (answer) {
      case ServiceAnswer.Done _ -> effect(state, call);
      case ServiceAnswer.Found found -> read(state, found);
      case ServiceAnswer.Absent _ ->
          switch (state) {
            case ServiceState.Absent _ -> Optional.of(state);
            case ServiceState.Written _, ServiceState.Known _ -> Optional.empty();
          };
      case ServiceAnswer.Conflict _ -> conflict(state, call);
    };
  }

  @Override
  public Optional<ServiceState> effect(ServiceState state, ServiceCall call) {
    return switch (call) {
      case ServiceCall.Create create -> create(state, create);
      case ServiceCall.Read _ -> Optional.empty();
      case ServiceCall.Update update -> update(state, update);
      case ServiceCall.Remove _ -> remove(state);
    };
  }

  private static Optional<ServiceState> create(ServiceState state, ServiceCall.Create create) {
    return switch (state) {
      case ServiceState.Absent s ->
          Optional.of(new ServiceState.Written(create.value(), s.after()));
      case ServiceState.Written _, ServiceState.Known _ -> Optional.empty();
    };
  }

  private static Optional<ServiceState> read(ServiceState state, ServiceAnswer.Found found) {
    boolean fits =
        switch (state) {
          case ServiceState.Absent _ -> false;
          case ServiceState.Written s ->
              s.value().equals(found.value()) && found.version() > s.after();
          case ServiceState.Known s ->
              s.value().equals(found.value()) && found.version() == s.version();
        };
    return fits
        ? Optional.of(new ServiceState.Known(found.value(), found.version()))
        : Optional.empty();
  }

  private static Optional<ServiceState> update(ServiceState state, ServiceCall.Update update) {
    return read(state, new ServiceAnswer.Found(update.expected(), update.version()))
        .map(_ -> new ServiceState.Written(update.value(), update.version()));
  }

  private static Optional<ServiceState> remove(ServiceState state) {
    return switch (state) {
      case ServiceState.Absent _ -> Optional.empty();
      case ServiceState.Written s -> Optional.of(new ServiceState.Absent(s.after()));
      case ServiceState.Known s -> Optional.of(new ServiceState.Absent(s.version()));
    };
  }

  private static Optional<ServiceState> conflict(ServiceState state, ServiceCall call) {
    boolean fits =
        switch (call) {
          case ServiceCall.Create _ -> value(state).isPresent();
          case ServiceCall.Update update ->
              value(state).filter(value -> !value.equals(update.expected())).isPresent();
          case ServiceCall.Read _, ServiceCall.Remove _ ->
              throw new IllegalArgumentException(call + " cannot meet a conflict");
        };
    return fits ? Optional.of(state) : Optional.empty();
  }

  private static Optional<String> value(ServiceState state) {
    return switch (state) {
      case ServiceState.Absent _ -> Optional.empty();
      case ServiceState.Written s -> Optional.of(s.value());
      case ServiceState.Known s -> Optional.of(s.value());
    };
  }
}
