// Package itself runs the calling program as another process, such as an example's worker that is
// to be killed or measured apart.
package itself
