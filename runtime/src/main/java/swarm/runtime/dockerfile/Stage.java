package swarm.runtime.dockerfile;

import java.util.List;

/// One stage of a build: `FROM` and what follows it up to the next.
public record Stage(Instruction.From from, List<Instruction> instructions) {}
