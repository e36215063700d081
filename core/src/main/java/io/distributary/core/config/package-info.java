/** What is made from the connectors' configuration definitions: their documentation. */
package io.distributary.core.config;
