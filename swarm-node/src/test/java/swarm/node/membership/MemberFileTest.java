package swarm.node.membership;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MemberFileTest {
  private static final MemberFile MEMBER =
      new MemberFile("raft1", "0.0.0.0", 2377, "10.0.0.1", List.of("10.0.0.1:2377", "10.0.0.2:1"));

  @TempDir Path temp;

  @Test
  void whatIsSavedIsLoadedAgain() throws IOException {
    Path folder = temp.resolve("deep/swarm");
    MEMBER.save(folder);

    assertThat(MemberFile.load(folder)).contains(MEMBER);
    assertThat(MEMBER.self()).isEqualTo("10.0.0.1:2377");
  }

  @Test
  void aNewerOneReplacesTheOld() throws IOException {
    MEMBER.save(temp);
    MEMBER.withManagers(List.of("10.0.0.9:2377")).save(temp);

    assertThat(MemberFile.load(temp))
        .contains(new MemberFile("raft1", "0.0.0.0", 2377, "10.0.0.1", List.of("10.0.0.9:2377")));
  }

  @Test
  void nothingSavedIsNoMember() throws IOException {
    assertThat(MemberFile.load(temp)).isEmpty();
  }

  @Test
  void whatABrokenSaveLeftIsNotRead() throws IOException {
    MEMBER.save(temp);
    Files.writeString(temp.resolve("member.json.new"), "{");

    assertThat(MemberFile.load(temp)).contains(MEMBER);
    MEMBER.save(temp);
    assertThat(MemberFile.load(temp)).contains(MEMBER);
  }

  @Test
  void aNewerVersionsFieldsAreNoHarm() throws IOException {
    Files.writeString(
        temp.resolve("member.json"),
        """
        {"raftId":"r","listenHost":"h","port":1,"address":"a","managers":[],"later":{"x":1}}
        """);

    assertThat(MemberFile.load(temp)).contains(new MemberFile("r", "h", 1, "a", List.of()));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "{",
        "null",
        "[]",
        "garbage",
        "\0\0\0\0",
        "{}",
        "{\"raftId\":\"r\",\"listenHost\":\"h\",\"port\":1,\"address\":\"a\"}",
        "{\"raftId\":null,\"listenHost\":\"h\",\"port\":1,\"address\":\"a\",\"managers\":[]}",
        "{\"raftId\":\"r\",\"listenHost\":\"h\",\"port\":null,\"address\":\"a\",\"managers\":[]}",
        "{\"raftId\":\"r\",\"listenHost\":\"h\",\"port\":1,\"address\":\"a\",\"managers\":[]}x",
      })
  void damageIsSaidWithTheFileAndWhatToDo(String content) throws IOException {
    Files.writeString(temp.resolve("member.json"), content);

    assertThatThrownBy(() -> MemberFile.load(temp))
        .isInstanceOf(IOException.class)
        .hasMessageContaining(temp.resolve("member.json") + " is damaged")
        .hasMessageContaining("join this node again");
  }
}
