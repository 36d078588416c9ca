// Package itself runs the program that calls it as another process, such as an
// example's worker that is to be killed or measured apart.
package itself
