package swarm.raft.engine;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import swarm.raft.log.StateMachine;

/// Remembers every command, and answers with how many there are. The command `throw` breaks it, and
/// `throw slowly` does so in a way that keeps whoever handles it busy for a while.
public final class ListMachine implements StateMachine {
  private final List<String> commands = new ArrayList<>();
  private int restores;

  @Override
  public synchronized byte[] apply(long index, long term, byte[] command) {
    String text = new String(command, StandardCharsets.UTF_8);
    if (text.equals("throw")) {
      throw new IllegalStateException("a broken invariant");
    }
    if (text.equals("throw slowly")) {
      throw new SlowlyToldException();
    }
    commands.add(text);
    return String.valueOf(commands.size()).getBytes(StandardCharsets.UTF_8);
  }

  @Override
  public synchronized SnapshotWriter snapshot() {
    List<String> frozen = List.copyOf(commands);
    return out -> {
      DataOutputStream data = new DataOutputStream(out);
      data.writeInt(frozen.size());
      for (String command : frozen) {
        data.writeUTF(command);
      }
      data.flush();
    };
  }

  @Override
  public synchronized void restore(InputStream snapshot) throws IOException {
    DataInputStream data = new DataInputStream(snapshot);
    commands.clear();
    restores++;
    int count = data.readInt();
    for (int i = 0; i < count; i++) {
      commands.add(data.readUTF());
    }
    if (data.read() != -1) {
      throw new IOException("more than was written");
    }
  }

  public synchronized List<String> commands() {
    return List.copyOf(commands);
  }

  public synchronized int size() {
    return commands.size();
  }

  public synchronized int restores() {
    return restores;
  }

  private static final class SlowlyToldException extends IllegalStateException {
    private static final long serialVersionUID = 1L;

    @Override
    public String getMessage() {
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(300));
      return "a broken invariant";
    }
  }
}
