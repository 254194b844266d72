package swarm.runtime.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ImageCommitterTest {
  private static final Instant NOW = Instant.parse("2026-01-02T03:04:05Z");
  private static final byte[] LAYER = new TarBuilder().file("new", "3").bytes();

  @TempDir Path folder;
  private ImageStore store;
  private Image parent;

  @BeforeEach
  void open() throws IOException {
    store = ImageStore.open(folder);
    parent =
        new ImageImporter(store)
            .importTar(
                new ByteArrayInputStream(new TarBuilder().file("app", "2").bytes()),
                Reference.parse("base:1"),
                List.of(),
                "base",
                "amd64",
                NOW);
  }

  private static ObjectNode json(String text) throws JsonProcessingException {
    return (ObjectNode) ImageStore.JSON.readTree(text.replace('\'', '"'));
  }

  private Image commit(NewLayer layer, String... changes) throws IOException {
    return new ImageCommitter(store)
        .commit(
            parent,
            layer,
            new ImageCommitter.Description(
                "c1", json("{'Cmd':['run','it']}"), json("{}"), List.of(changes), "why", "me"),
            Reference.parse("made:2"),
            NOW);
  }

  @Test
  void theParentsLayersAndOneMore() throws IOException {
    Image made =
        commit(
            out -> {
              out.write(LAYER);
              return true;
            },
            "ENV A=b");

    assertThat(made.tags()).containsExactly("made:2");
    assertThat(made.layers()).startsWith(parent.layers().getFirst()).hasSize(2);
    assertThat(made.env()).containsExactly("A=b");
    assertThat(made.configuration().path("author").asText()).isEqualTo("me");
    assertThat(made.configuration().path("history").path(1).toString())
        .isEqualTo(
            "{\"created\":\"2026-01-02T03:04:05Z\",\"created_by\":\"run it\",\"author\":\"me\","
                + "\"comment\":\"why\"}");
    assertThat(store.prepare("c", made.id()).layers().getFirst().resolve("new")).hasContent("3");
  }

  @Test
  void changesAreReadOneAfterTheOther() throws IOException {
    Image made =
        commit(
            _ -> false,
            "CMD a",
            "ENTRYPOINT [\"e\"]",
            "ENV P=/bin D='x y'",
            "ENV P=/opt:$P E=$D F='$D'",
            "EXPOSE ${NONE:-80} 53/udp",
            "WORKDIR /srv/$D",
            "VOLUME [\"/v $P\"]");

    assertThat(made.configuration().path("config"))
        .isEqualTo(
            json(
                "{'Cmd':['/bin/sh','-c','a'],'Entrypoint':['e'],"
                    + "'Env':['P=/opt:/bin','D=x y','E=x y','F=$D'],"
                    + "'ExposedPorts':{'80/tcp':{},'53/udp':{}},'WorkingDir':'/srv/x y',"
                    + "'Volumes':{'/v /opt:/bin':{}}}"));
  }

  @Test
  void nothingWrittenIsNoLayer() throws IOException {
    Image made =
        commit(
            out -> {
              out.write(new byte[1024]);
              return false;
            });

    assertThat(made.layers()).isEqualTo(parent.layers());
    assertThat(made.configuration().path("history").path(1).path("empty_layer").asBoolean())
        .isTrue();
    assertThat(folder.resolve("blobs/sha256").toFile().list()).hasSize(3);
  }

  @Test
  void aFullDiskIsNamedAndLeavesNothing() {
    assertThatThrownBy(
            () ->
                commit(
                    out -> {
                      out.write(LAYER);
                      throw new IOException("No space left on device");
                    }))
        .hasMessage("No space left on device");

    assertThat(folder.resolve("blobs/sha256").toFile().list()).hasSize(2);
    assertThat(folder.resolve("incoming")).isEmptyDirectory();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{}                     | {'User':'u','Cmd':['a'],'Entrypoint':['e'],'Env':['A=1']}"
            + " | {'User':'u','Env':['A=1'],'Cmd':['a'],'Entrypoint':['e']}",
        "{'Cmd':['b']}          | {'Cmd':['a'],'Entrypoint':['e']}"
            + " | {'Cmd':['b'],'Env':[],'Entrypoint':['e']}",
        "{'Entrypoint':['x']}   | {'Cmd':['a'],'Entrypoint':['e']}"
            + " | {'Entrypoint':['x'],'Env':[]}",
        "{'Env':['A=2'],'Labels':{'l':'1'}} | {'Env':['A=1','B=1'],'Labels':{'l':'2','m':'3'}}"
            + " | {'Env':['A=2','B=1'],'Labels':{'l':'1','m':'3'}}",
      })
  void whatIsLeftOutIsTheContainers(String wanted, String container, String merged)
      throws JsonProcessingException {
    ObjectNode config = json(wanted);

    CommitConfig.merge(config, json(container));

    assertThat(config).isEqualTo(json(merged));
  }
}
