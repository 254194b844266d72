/// What the unmodified `docker` command prints and how it exits, with us as its engine and with a
/// real Docker Engine: the same, or otherwise with a reason.
///
/// The table is in the test resources' folder `compatibility`, one file a topic. It is read like a
/// terminal:
///
/// ```
/// # a comment
/// == what this scenario shows
/// $ docker run --rm web:1 sh -c 'echo out; echo err >&2; exit 3'
///   out
///   2> err
///   [3]
/// $ docker info --format '{{.ServerVersion}}'
///   20.10.24
/// ~ version
///   0.1.0
/// ```
///
/// Each scenario begins with an engine that has nothing but the image `web:1`, in an empty folder
/// of its own. Each `$` is a shell of its own (`> ` goes on with its script); what stands below it,
/// indented, is what Docker's engine made the command print ([swarm.chaos.compatibility.Scrub] says
/// what is left out of the comparison), standard error behind `2> `, the exit code in brackets
/// where it is not 0. Where we answer otherwise on purpose, `~` names the row of
/// `docs/DOCKER-COMPATIBILITY.md` that says why, and what it prints with us follows.
///
/// `$TABLE` is the table's folder: `"$TABLE/registry"` starts a registry on the engine's host,
/// which goes with the scenario; `"$TABLE/swarm"` makes the engine a swarm of one, which goes, too;
/// `"$TABLE/built"` builds an image and shows all of it; `"$TABLE/spec"` shows a service's spec
/// field by field, `"$TABLE/tasks"` waits for its tasks.
///
/// `./dev compat` runs the table against both engines; `./dev compat --record` writes anew what
/// Docker's printed. The tests of every change hold us against what is recorded.
@NullMarked
package swarm.chaos.compatibility;

import org.jspecify.annotations.NullMarked;
