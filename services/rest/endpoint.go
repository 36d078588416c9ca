package rest

import (
	"net"
	"net/url"
	"strings"

	"github.com/awaitop/awaitop/lro"
)

// parseEndpoint returns the base URL that text stands for, without a trailing slash. A bare host or
// host:port is https, as for google.golang.org/api. Plain http is refused unless plain is set or
// the host is loopback, because the network would see the access token.
func parseEndpoint(field, text string, plain bool) (string, error) {
	full := text
	if !strings.Contains(full, "://") {
		full = "https://" + full
	}
	u, err := url.Parse(full)
	if err != nil {
		value := text
		if strings.ContainsAny(text, "@?#") { // it may hold a password or a key
			value = "..."
		}
		return "", &lro.InvalidError{Field: field, Value: value, Want: wantEndpoint, Problem: "is no URL"}
	}
	problem, want := problemOf(u, plain)
	if problem != "" {
		return "", &lro.InvalidError{Field: field, Value: shown(*u), Want: want, Problem: problem}
	}
	return strings.TrimRight(u.String(), "/"), nil
}

const wantEndpoint = "a base URL such as https://spanner.googleapis.com"

// problemOf returns why a URL is no endpoint, "" if it is one, and which URL would be.
func problemOf(u *url.URL, plain bool) (problem, want string) {
	switch {
	case u.Scheme != "https" && u.Scheme != "http":
		return "is neither http nor https", wantEndpoint
	case u.Hostname() == "":
		return "has no host", wantEndpoint
	case u.User != nil:
		return "holds a user name", wantEndpoint
	case u.RawQuery != "" || u.ForceQuery || u.Fragment != "":
		return "has a query or a fragment", wantEndpoint
	case u.Scheme == "http" && !plain && !isLoopback(u.Hostname()):
		return "would send credentials over plain http", "https, a loopback address, or WithoutAuthentication"
	default:
		return "", ""
	}
}

// shown is a URL without the parts that may be a credential: a user, a password, a key in a query.
func shown(u url.URL) string {
	if u.User != nil {
		u.User = url.User("...")
	}
	if u.RawQuery != "" {
		u.RawQuery = "..."
	}
	if u.Fragment != "" {
		u.Fragment, u.RawFragment = "...", ""
	}
	return u.String()
}

// isLoopback reports whether requests to host stay on this machine. "localhost" does, by RFC 6761
// and by Go's resolver.
func isLoopback(host string) bool {
	if strings.EqualFold(host, "localhost") {
		return true
	}
	ip := net.ParseIP(host)
	return ip != nil && ip.IsLoopback()
}
