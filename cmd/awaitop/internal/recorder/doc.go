// Package recorder runs a program on a pseudo-terminal and records, as text, what the terminal's screen shows. A terminal
// emulator interprets what the program writes, so a test sees what a person sees: one line that is drawn again, not each
// drawing. Only tests use it.
package recorder
