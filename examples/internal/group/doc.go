// Package group runs a command and all the processes it starts as one: they are interrupted, killed and
// reaped together, and none of them outlives the program that started them.
package group
