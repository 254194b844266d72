package swarm.linux;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PrivateFoldersTest {
  @TempDir Path temp;

  private static String mode(Path path) throws IOException {
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
  }

  @Test
  void aFolderIsMadeWithItsParents() throws IOException {
    Path folder = PrivateFolders.make(temp.resolve("a/b"), PrivateFolders.OWNER_ONLY);

    assertThat(mode(folder)).isEqualTo("rwx------");
  }

  @Test
  void aFolderThatIsThereIsClosed() throws IOException {
    Path folder = Files.createDirectory(temp.resolve("a"));
    Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));

    assertThat(mode(PrivateFolders.make(folder, PrivateFolders.GROUP_PASSES)))
        .isEqualTo("rwx--x---");
  }
}
