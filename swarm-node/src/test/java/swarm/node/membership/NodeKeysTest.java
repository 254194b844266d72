package swarm.node.membership;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import swarm.node.control.SealKeys;
import swarm.node.identity.KeyProtection;
import swarm.node.identity.UnlockKey;
import swarm.raft.log.DamagedFileException;

/// Keys at rest, locked and not.
class NodeKeysTest {
  private static final byte[] SECRET = "a secret".getBytes(StandardCharsets.UTF_8);

  @TempDir Path folder;

  @Test
  void whatIsSealedOpensAgainAfterARestart() throws Exception {
    byte[] sealed = NodeKeys.create(folder).protection().seal(SECRET);
    assertThat(NodeKeys.locked(folder)).isFalse();
    assertThat(NodeKeys.load(folder).orElseThrow().protection().open(sealed)).isEqualTo(SECRET);
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(lock())))
        .isEqualTo("rw-------");
  }

  private Path lock() {
    return folder.resolve("keys.lock");
  }

  @Test
  void lockedKeysOpenWithTheNewestUnlockKeyOnly() throws Exception {
    NodeKeys keys = NodeKeys.create(folder);
    byte[] sealed = keys.protection().seal(SECRET);
    UnlockKey first = UnlockKey.random();
    UnlockKey second = UnlockKey.random();
    assertThat(keys.lockWith(first)).isTrue();
    assertThat(keys.lockWith(first)).as("nothing to do").isFalse();
    assertThat(NodeKeys.locked(folder)).isTrue();
    assertThatThrownBy(() -> NodeKeys.load(folder)).hasMessageContaining("locked");
    assertThat(NodeKeys.unlock(folder, second)).isEmpty();
    NodeKeys again = NodeKeys.unlock(folder, first).orElseThrow();
    assertThat(again.protection().open(sealed)).isEqualTo(SECRET);

    assertThat(again.lockWith(second)).isTrue();
    assertThat(NodeKeys.unlock(folder, first)).isEmpty();
    NodeKeys rotated = NodeKeys.unlock(folder, second).orElseThrow();
    assertThat(rotated.protection().open(sealed)).isEqualTo(SECRET);

    assertThat(rotated.lockWith(null)).isTrue();
    assertThat(NodeKeys.load(folder).orElseThrow().protection().open(sealed)).isEqualTo(SECRET);
  }

  /// Whoever has the file as it was before the lock opens nothing that is written afterwards.
  @Test
  void lockingMakesAnotherKeyForTheFiles() throws Exception {
    NodeKeys keys = NodeKeys.create(folder);
    byte[] before = Files.readAllBytes(lock());
    byte[] sealed = keys.protection().seal(SECRET);
    UnlockKey unlock = UnlockKey.random();
    keys.lockWith(unlock);
    assertThat(keys.outdated()).isTrue();
    assertThat(keys.protection().open(sealed)).as("until it is written again").isEqualTo(SECRET);
    byte[] again = keys.protection().seal(SECRET);

    // a crash now: both keys are there
    NodeKeys restarted = NodeKeys.unlock(folder, unlock).orElseThrow();
    assertThat(restarted.outdated()).isTrue();
    assertThat(restarted.protection().open(sealed)).isEqualTo(SECRET);
    restarted.forgetOutdated();
    assertThat(restarted.outdated()).isFalse();
    NodeKeys last = NodeKeys.unlock(folder, unlock).orElseThrow();
    assertThat(last.protection().open(again)).isEqualTo(SECRET);
    assertThatThrownBy(() -> last.protection().open(sealed)).hasMessageContaining("another key");

    Files.write(lock(), before);
    NodeKeys thief = NodeKeys.load(folder).orElseThrow();
    assertThatThrownBy(() -> thief.protection().open(again)).hasMessageContaining("another key");
  }

  @Test
  void anEarlierVersionHadNone() throws Exception {
    assertThat(NodeKeys.load(folder)).isEmpty();
    assertThat(KeyProtection.none().open(SECRET)).isEqualTo(SECRET);
  }

  /// member.json, keys.lock (both ways) and seal.key.
  @Test
  void everyFlippedBitIsFound() throws Exception {
    NodeKeys keys = NodeKeys.create(folder);
    SealKeys sealKeys = SealKeyFile.create(folder, keys.protection(), Instant.now());
    assertThat(SealKeyFile.read(folder, keys.protection())).isEqualTo(sealKeys);
    new MemberFile("r", "0.0.0.0", 2377, "192.0.2.1", List.of("192.0.2.1:2377")).save(folder);
    eachBit(lock(), () -> NodeKeys.locked(folder));
    keys.lockWith(UnlockKey.random());
    eachBit(lock(), () -> NodeKeys.locked(folder));
    eachBit(folder.resolve("seal.key"), () -> SealKeyFile.read(folder, keys.protection()));
    eachBit(folder.resolve("member.json"), () -> MemberFile.load(folder));
  }

  private interface Reading {
    Object read() throws Exception;
  }

  private static void eachBit(Path file, Reading reading) throws Exception {
    byte[] bytes = Files.readAllBytes(file);
    for (int bit = 0; bit < 8 * bytes.length; bit++) {
      bytes[bit / 8] ^= (byte) (1 << bit % 8);
      Files.write(file, bytes);
      assertThatThrownBy(reading::read)
          .as("bit %s of %s", bit, file)
          .isInstanceOf(DamagedFileException.class)
          .hasMessageContaining(file.toString());
      bytes[bit / 8] ^= (byte) (1 << bit % 8);
    }
    Files.write(file, bytes);
    var _ = reading.read();
  }

  @Test
  void unlockKeysHaveDockersForm() {
    UnlockKey key = UnlockKey.random();
    assertThat(key.text()).matches("SWMKEY-1-[A-Za-z0-9+/]{43}");
    assertThat(UnlockKey.parse(" " + key.text() + "\n")).contains(key);
    assertThat(key.toString()).doesNotContain(key.text().substring(9));
    for (String wrong :
        List.of("", "SWMKEY-1-", "SWMKEY-1-AAAA", "SWMTKN-1-" + key.text().substring(9))) {
      assertThat(UnlockKey.parse(wrong)).as(wrong).isEmpty();
    }
  }
}
