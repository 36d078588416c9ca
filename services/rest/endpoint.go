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
	invalid := &lro.InvalidError{Field: field, Want: "a base URL such as https://spanner.googleapis.com"}
	u, err := url.Parse(full)
	if err != nil {
		invalid.Value, invalid.Problem = text, "is no URL"
		if strings.ContainsAny(text, "@?#") { // it may hold a password or a key
			invalid.Value = "..."
		}
		return "", invalid
	}
	invalid.Value = shown(*u)
	switch {
	case u.Scheme != "https" && u.Scheme != "http":
		invalid.Problem = "is neither http nor https"
	case u.Hostname() == "":
		invalid.Problem = "has no host"
	case u.User != nil:
		invalid.Problem = "holds a user name"
	case u.RawQuery != "" || u.ForceQuery || u.Fragment != "":
		invalid.Problem = "has a query or a fragment"
	case u.Scheme == "http" && !plain && !isLoopback(u.Hostname()):
		invalid.Problem = "would send credentials over plain http"
		invalid.Want = "https, a loopback address, or Options.WithoutAuthentication"
	default:
		return strings.TrimRight(u.String(), "/"), nil
	}
	return "", invalid
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
