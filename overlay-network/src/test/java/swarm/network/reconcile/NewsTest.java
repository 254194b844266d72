package swarm.network.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Set;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import swarm.network.netlink.AttributeWriter;
import swarm.network.nft.Table;

/// Which messages of the kernel's are a reason to look.
class NewsTest {
  private static final int OWN = -4711;
  private static final int NFT = 10 << 8;
  private static final Table MESH = new Table(Table.Family.IP, "swarm_ingress");
  private static final Table DOCKER = new Table(Table.Family.IP, "filter");

  private static byte[] message(int type, int port, byte[] body) {
    return ByteBuffer.allocate(16 + (body.length + 3 & ~3))
        .order(ByteOrder.nativeOrder())
        .putInt(16 + body.length)
        .putShort((short) type)
        .putShort((short) 0)
        .putInt(1)
        .putInt(port)
        .put(body)
        .array();
  }

  private static byte[] link(int type, String name, boolean up, int master) {
    AttributeWriter body =
        new AttributeWriter().u8(0).u8(0).u16(0).u32(7).u32(up ? 1 : 0).u32(0).text(3, name);
    return message(type, 0, (master == 0 ? body : body.u32(10, master)).toBytes());
  }

  private static byte[] rule(int what, int port, Table table) {
    int family = table.family() == Table.Family.IP ? 2 : 5;
    return message(
        NFT | what,
        port,
        new AttributeWriter().u8(family).u8(0).u16(0).text(1, table.name()).toBytes());
  }

  private static byte[] all(byte[]... messages) {
    var out = new ByteArrayOutputStream();
    for (byte[] each : messages) {
      out.writeBytes(each);
    }
    return out.toByteArray();
  }

  @ParameterizedTest
  @CsvSource({
    "17, swarm0, true, 0, true", // deleted
    "17, swb111111111111, true, 4, true",
    "17, eth0, true, 0, false",
    "16, swb111111111111, true, 4, false", // as it should be
    "16, swb111111111111, true, 0, true", // pulled out
    "16, swb111111111111, false, 4, true", // down
    "16, eth0, false, 0, false",
    "20, swarm0, true, 0, false", // an address more
    "21, any, true, 0, true" // an address less
  })
  void ofLinks(int type, String name, boolean up, int master, boolean matters) {
    News news = News.ofLinks(link(type, name, up, master), link -> link.startsWith("sw"));
    assertThat(news.host()).isEqualTo(matters);
    assertThat(news.isNone()).isEqualTo(!matters);
  }

  @Test
  void changesOfOthersInOurTables() {
    byte[] said =
        all(
            rule(2, OWN, new Table(Table.Family.IP, "swarm")),
            rule(8, 12, MESH),
            rule(14, 0, new Table(Table.Family.NETDEV, "swarm_ingress")),
            rule(6, 12, new Table(Table.Family.IP, "theirs")),
            rule(6, 12, DOCKER));
    News news =
        News.ofRules(said, OWN, table -> table.name().startsWith("swarm") || table.equals(DOCKER));
    assertThat(news.touched())
        .isEqualTo(Set.of(MESH, new Table(Table.Family.NETDEV, "swarm_ingress"), DOCKER));
    assertThat(news.host()).isTrue();
    assertThat(News.ofRules(rule(2, OWN, MESH), OWN, MESH::equals)).isEqualTo(News.NONE);
  }

  @Test
  void aTableThatIsWrittenAnewIsNotLost() {
    assertThat(
            News.ofNeighbours(all(rule(2, 1, MESH), rule(0, 1, MESH), rule(3, 1, MESH)), t -> true))
        .isEqualTo(News.NONE);
    assertThat(News.ofNeighbours(all(rule(8, 1, MESH), rule(2, 1, MESH)), t -> true).containers())
        .isTrue();
    assertThat(News.ofNeighbours(rule(2, 1, MESH), DOCKER::equals)).isEqualTo(News.NONE);
  }

  @Test
  void reasonsAddUp() {
    News one = new News(true, Set.of(MESH), false, false);
    News other = new News(false, Set.of(DOCKER), true, false);
    assertThat(one.and(other)).isEqualTo(new News(true, Set.of(MESH, DOCKER), true, false));
    assertThat(one.and(News.NONE)).isEqualTo(one);
    assertThat(News.ALL.and(one).lost()).isTrue();
  }

  @Property
  void noBytesBreakTheReaders(@ForAll @Size(max = 200) byte[] bytes) {
    assertThat(News.ofLinks(bytes, _ -> true)).isNotNull();
    assertThat(News.ofRules(bytes, OWN, _ -> true)).isNotNull();
    assertThat(News.ofNeighbours(bytes, _ -> true)).isNotNull();
  }

  @Property
  void noChangedBytesBreakTheReaders(
      @ForAll @Size(min = 1, max = 6) byte[] at, @ForAll @Size(min = 6, max = 6) byte[] with) {
    byte[] said = all(link(16, "swarm0", true, 3), rule(8, 12, MESH), rule(2, 12, MESH));
    for (int i = 0; i < at.length; i++) {
      said[(at[i] & 0xff) % said.length] = with[i];
    }
    assertThat(News.ofLinks(said, _ -> true)).isNotNull();
    assertThat(News.ofRules(said, OWN, _ -> true)).isNotNull();
    assertThat(News.ofNeighbours(said, _ -> true)).isNotNull();
  }
}
