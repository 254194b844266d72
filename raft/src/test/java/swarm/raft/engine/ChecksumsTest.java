package swarm.raft.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ChecksumsTest {
  @ParameterizedTest
  @CsvSource({
    // bytes, inode, time now; whether what was seen had settled; broken
    "same,  1, 10:00:00.5, false, false",
    "other, 1, 10:00:00.5, false, true", // flipped in place
    "other, 2, 10:00:01.5, true,  false", // a newer one
    "other, 1, 10:00:01.5, true,  false", // a newer one that got the inode of the one before it
    "other, 2, 10:00:00.5, false, false", // may be newer: within a tick of the clock
    "other, 2, 10:00:00.5, true,  true", // copied and flipped
    "other, 2, 10:00:00,   true,  true", // the same, by what keeps seconds only
    "same,  2, 10:00:00,   true,  false",
  })
  void aFileIsBrokenWhereNoNewerOneCanLookLikeIt(
      String bytes, String inode, String time, boolean settled, boolean broken) {
    var before = new Checksums.Mark("same", "1", at("10:00:00.5"), settled);
    assertThat(new Checksums.Mark(bytes, inode, at(time), true).breaks(before)).isEqualTo(broken);
  }

  private static Instant at(String time) {
    return Instant.parse("2026-01-01T" + time + "Z");
  }

  @ParameterizedTest
  @CsvSource({
    // before, now, whether a member may have come to promise that
    "3, '',  3, '',  true",
    "3, '',  3, a,   true",
    "3, a,   3, a,   true",
    "3, a,   3, b,   false",
    "3, a,   3, '',  false",
    "3, a,   4, '',  true",
    "3, a,   4, b,   true",
    "3, '',  2, '',  false",
    "3, a,   2, a,   false",
  })
  void aVoteNeverGoesBack(long term, String votedFor, long nowTerm, String now, boolean may) {
    var before = new Metadata.Vote(term, votedFor);
    assertThat(new Metadata.Vote(nowTerm, now).mayFollow(before)).isEqualTo(may);
  }
}
