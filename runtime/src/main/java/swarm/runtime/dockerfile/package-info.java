/// What a Dockerfile and a `.dockerignore` say: directives, instructions with their lines, words
/// with their variables, stages. Pure: text in, records out. It must not know files, images or
/// containers.
@NullMarked
package swarm.runtime.dockerfile;

import org.jspecify.annotations.NullMarked;
