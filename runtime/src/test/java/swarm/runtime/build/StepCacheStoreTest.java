package swarm.runtime.build;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import swarm.runtime.image.Image;
import swarm.runtime.image.ImageException;
import swarm.runtime.image.ImageLoader;
import swarm.runtime.image.ImageSaver;
import swarm.runtime.image.ImageStore;
import swarm.runtime.image.Platform;
import swarm.runtime.image.StepCommitter;

/// Which images of a real store a step is found in.
class StepCacheStoreTest {
  private static final Instant NOW = Instant.parse("2026-01-02T03:04:05Z");
  private static final Platform AMD64 = Platform.linux("amd64");
  private static final int MOST_LAYERS = 125;

  @TempDir Path folder;
  private ImageStore store;
  private StepCommitter committer;

  @BeforeEach
  void open() throws IOException {
    store = ImageStore.open(folder);
    committer = new StepCommitter(store, _ -> {});
  }

  private static StepCommitter.Step step(String says, Platform platform) throws IOException {
    String config = "{'Cmd':['serve'],'Env':['A=1']}".replace('\'', '"');
    var own = (ObjectNode) new ObjectMapper().readTree(config);
    ObjectNode stepConfig = own.deepCopy();
    stepConfig.putArray("Cmd").add(says);
    return new StepCommitter.Step(own, stepConfig, "me", NOW, platform);
  }

  private Image keep(Optional<Image> parent, StepCommitter.Step step) throws IOException {
    return committer.commit(parent, Optional.empty(), step);
  }

  private StepCache cache(Image... sources) {
    return new StepCache(store, new HeldImages(store), Optional.empty(), List.of(sources), false);
  }

  private StepCommitter.Step copying(String says, String beside) throws IOException {
    StepCommitter.Step step = step(says, AMD64);
    step.stepConfig().put(StepCommitter.BESIDE, beside);
    return step;
  }

  /// The same image, alone in another store.
  private Image moved(Image image, ImageStore other) throws Exception {
    var archive = new ByteArrayOutputStream();
    var saver = new ImageSaver(store);
    saver.save(saver.select(List.of(image.id()), null), archive);
    return new ImageLoader(other)
        .load(new ByteArrayInputStream(archive.toByteArray()), "amd64", (_, _, _, _) -> {})
        .getFirst()
        .image();
  }

  /// What Docker's sums leave out goes with the history.
  @Test
  void aCopyFromElsewhereIsTheSameWhereItsLinksAre() throws Exception {
    Image first = keep(Optional.empty(), copying("COPY dir:1 in /", "one"));
    Image whole = keep(Optional.of(first), step("b", AMD64));
    ImageStore other = ImageStore.open(folder.resolve("other"));
    Image source = moved(whole, other);

    for (String beside : List.of("one", "two")) {
      var cache =
          new StepCache(other, new HeldImages(other), Optional.empty(), List.of(source), false);
      Optional<Image> found = cache.find(Optional.empty(), copying("COPY dir:1 in /", beside));
      assertThat(found.isPresent()).as(beside).isEqualTo(beside.equals("one"));
    }
    var cache =
        new StepCache(other, new HeldImages(other), Optional.empty(), List.of(source), false);
    assertThat(cache.find(Optional.empty(), step("COPY dir:1 in /", AMD64))).isEmpty();
  }

  @Test
  void whatABuildStandsOnIsNotPruned() throws Exception {
    Image first = keep(Optional.empty(), step("a", AMD64));
    var held = new HeldImages(store);
    var other = new HeldImages(store);
    assertThat(held.add(first.id())).isTrue();
    assertThat(other.add(first.id())).isTrue();
    other.close();
    Image second = keep(Optional.of(first), step("b", AMD64));

    store.remove(second.id(), false); // with what it was made of, as far as nobody needs it

    assertThat(store.find(first.id())).isPresent();
    held.close();
    assertThat(store.isHeld(first.id())).isFalse();
    store.remove(first.id(), true);
    assertThat(new HeldImages(store).add(first.id())).isFalse();
  }

  @Test
  void whatWasRemovedIsNotBuiltOn() throws Exception {
    Image first = keep(Optional.empty(), step("a", AMD64));
    store.remove(first.id(), true);

    assertThatThrownBy(() -> keep(Optional.of(first), step("b", AMD64)))
        .isInstanceOf(ImageException.class)
        .hasMessage(
            "No such image: " + first.id() + ": it was removed while it was built on; build again");
  }

  @Test
  void whatIsMadeOfNothingIsForOnePlatform() throws IOException {
    Image made = keep(Optional.empty(), step("a", AMD64));

    assertThat(cache().find(Optional.empty(), step("a", AMD64))).contains(made);
    assertThat(cache().find(Optional.empty(), step("a", Platform.linux("arm64")))).isEmpty();
    assertThat(cache(made).find(Optional.empty(), step("a", Platform.linux("arm64")))).isEmpty();
  }

  @Test
  void aPartOfAnImageFromElsewhereHasItsOwnConfiguration() throws IOException {
    Image first = keep(Optional.empty(), step("a", AMD64));
    Image whole = keep(Optional.of(first), step("b", AMD64));
    store.setParent(first.id(), whole.id()); // as good as not here

    Optional<Image> found = cache(whole).find(Optional.empty(), step("a", AMD64));

    assertThat(found).isPresent();
    assertThat(found.get().configuration().path("config").path("Cmd").path(0).asText())
        .isEqualTo("serve");
    assertThat(found.get().configuration().path("author").asText()).isEqualTo("me");
    assertThat(found.get().configuration().path("history")).hasSize(1);
  }

  @Test
  void aStepFromElsewhereOfAnotherTimeIsNoneWhereTimesAreFixed() throws IOException {
    Image first = keep(Optional.empty(), step("a", AMD64));
    Image whole = keep(Optional.of(first), step("b", AMD64));
    store.setParent(first.id(), whole.id());

    for (boolean same : List.of(true, false)) {
      var epoch = Optional.of(same ? NOW : NOW.plusSeconds(1));
      var cache = new StepCache(store, new HeldImages(store), epoch, List.of(whole), false);
      assertThat(cache.find(Optional.empty(), step("a", AMD64)).isPresent()).isEqualTo(same);
    }
  }

  /// More would be refused by whoever pulls or loads it.
  @Test
  void anImageHasAsManyLayersAsOthersTake() throws IOException {
    Optional<Image> image = Optional.empty();
    for (int i = 0; i < MOST_LAYERS; i++) {
      image = Optional.of(layered(image, i));
    }
    Optional<Image> last = image;
    assertThat(last.orElseThrow().layers()).hasSize(MOST_LAYERS);

    assertThatThrownBy(() -> layered(last, MOST_LAYERS))
        .isInstanceOf(ImageException.class)
        .hasMessage("max depth exceeded: an image with this step has 126 layers; the limit is 125");
    assertThat(store.children(last.get().id())).isEmpty();
    assertThat(keep(last, step("no layer", AMD64)).layers()).hasSize(MOST_LAYERS);
  }

  private Image layered(Optional<Image> parent, int number) throws IOException {
    return committer.commit(
        parent,
        Optional.of(
            out -> {
              out.write(tar("file" + number));
              return true;
            }),
        step("step " + number, AMD64));
  }

  private static byte[] tar(String name) throws IOException {
    var bytes = new ByteArrayOutputStream();
    try (var tar = new TarArchiveOutputStream(bytes)) {
      tar.putArchiveEntry(new TarArchiveEntry(name + "/"));
      tar.closeArchiveEntry();
    }
    return bytes.toByteArray();
  }

  /// It would be left out, as damaged, when the store is opened again.
  @Test
  void aConfigurationThatNobodyWouldReadIsRefused() throws IOException {
    StepCommitter.Step step = step("x".repeat(5 * 1024 * 1024), AMD64);
    assertThatThrownBy(() -> keep(Optional.empty(), step))
        .isInstanceOf(ImageException.class)
        .hasMessageContaining("the image's configuration with its history has")
        .hasMessageContaining("the limit is 8388608");
  }
}
