package swarm.runtime.image;

import static org.assertj.core.api.Assertions.assertThat;
import static swarm.runtime.image.ImageFailure.fails;

import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Docker's rules for removing images (moby 28, daemon/images/image_delete.go).
class RemovalPlanTest {
  private static final String HEX = "abcdef0123456789".repeat(4);
  private static final String ID = "sha256:" + HEX;
  private static final String D = "@sha256:" + "1".repeat(64);

  /// @param goes names that go, parted by blanks; the image, too, where they end in `!`
  /// @param says the beginning of a refusal; empty for none
  record Case(
      String names,
      String asked,
      boolean force,
      @Nullable String running,
      @Nullable String stopped,
      String goes,
      String says) {}

  static ImageUses uses(@Nullable String running, @Nullable String stopped) {
    return new ImageUses() {
      @Override
      public Optional<String> running(String imageId) {
        return Optional.ofNullable(running);
      }

      @Override
      public Optional<String> stopped(String imageId) {
        return Optional.ofNullable(stopped);
      }
    };
  }

  private static Case free(String names, String asked, boolean force, String goes, String says) {
    return new Case(names, asked, force, null, null, goes, says);
  }

  static Stream<Case> cases() {
    String brief = HEX.substring(0, 12);
    String unable = "conflict: unable to delete " + brief;
    String multiple = unable + " (must be forced) - image is referenced in multiple repositories";
    String isUsed = " is using its referenced image " + brief;
    String named = "conflict: unable to remove repository reference \"web:1\" (must force)";
    return Stream.of(
        // by name
        free("web:1", "web:1", false, "web:1 !", ""),
        free("web:1 web:2", "web:1", false, "web:1", ""),
        free("web:1 other:1", "web:1", false, "web:1", ""),
        free("web:1 web" + D, "web:1", false, "web:1 web" + D + " !", ""),
        free("web:1 web:2 web" + D, "web:1", false, "web:1", ""),
        free("web:1 other" + D, "web:1", false, "web:1", ""),
        free("web:1 web" + D, "web" + D, false, "web" + D, ""),
        free("web" + D, "web" + D, false, "web" + D + " !", ""),
        // by id
        free("", brief, false, "!", ""),
        free("web:1", ID, false, "web:1 !", ""),
        free("web:1 web" + D, brief, false, "web:1 web" + D + " !", ""),
        free("web:1 web:2", brief, false, "", multiple),
        free("web:1 web:2", brief, true, "web:1 web:2 !", ""),
        free("web:1 other" + D, brief, false, "", multiple),
        // in use
        new Case("web:1", "web:1", false, "c1", null, "", named + " - container c1" + isUsed),
        new Case("web:1", "web:1", false, null, "c2", "", named + " - container c2" + isUsed),
        new Case("web:1 web:2", "web:1", false, "c1", null, "web:1", ""),
        new Case("web:1", "web:1", true, "c1", null, "web:1", ""),
        new Case("web:1", "web:1", true, null, "c2", "web:1 !", ""),
        new Case(
            "web:1",
            brief,
            false,
            "c1",
            null,
            "",
            unable + " (cannot be forced) - image is being used by running container c1"),
        new Case(
            "web:1",
            brief,
            true,
            "c1",
            null,
            "",
            unable + " (cannot be forced) - image is being used by running container c1"),
        new Case(
            "web:1",
            brief,
            false,
            null,
            "c2",
            "",
            unable + " (must be forced) - image is being used by stopped container c2"),
        new Case("web:1", brief, true, null, "c2", "web:1 !", ""),
        new Case(
            "",
            brief,
            false,
            null,
            "c2",
            "",
            unable + " (must be forced) - image is being used by stopped container c2"));
  }

  @ParameterizedTest
  @MethodSource("cases")
  void removing(Case c) throws ImageException {
    List<String> names = c.names().isEmpty() ? List.of() : List.of(c.names().split(" "));
    var image =
        new Image(
            ID,
            names.stream().filter(n -> !n.contains("@")).toList(),
            names.stream().filter(n -> n.contains("@")).toList(),
            ImageStore.JSON.createObjectNode(),
            List.of(),
            0);
    ImageUses uses = uses(c.running(), c.stopped());
    if (!c.says().isEmpty()) {
      fails(
          ImageException.Kind.CONFLICT,
          c.says(),
          () -> RemovalPlan.of(image, c.asked(), c.force(), uses));
      return;
    }
    RemovalPlan plan = RemovalPlan.of(image, c.asked(), c.force(), uses);
    String gone = String.join(" ", plan.untag()) + (plan.delete() ? " !" : "");
    assertThat(gone.strip()).isEqualTo(c.goes());
  }
}
