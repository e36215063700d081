/** The quickstart: a sample shop, replicated by a real worker, and the status line about it. */
package io.distributary.quickstart.app;
