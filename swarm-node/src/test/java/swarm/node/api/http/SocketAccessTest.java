package swarm.node.api.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SocketAccessTest {
  @TempDir Path folder;

  private PosixFileAttributes restricted(String group) throws IOException {
    Path socket = Files.createFile(folder.resolve("socket"));
    SocketAccess.restrict(socket, group);
    return Files.readAttributes(socket, PosixFileAttributes.class);
  }

  @Test
  void theGroupAndItsOwnerMayUseIt() throws IOException {
    PosixFileAttributes socket = restricted("nogroup");
    assertThat(socket.group().getName()).isEqualTo("nogroup");
    assertThat(PosixFilePermissions.toString(socket.permissions())).isEqualTo("rw-rw----");
  }

  @Test
  void withoutTheGroupItStaysItsOwners() throws IOException {
    PosixFileAttributes socket = restricted("no-such-group");
    assertThat(socket.group().getName()).isEqualTo("root");
    assertThat(PosixFilePermissions.toString(socket.permissions())).isEqualTo("rw-rw----");
  }
}
